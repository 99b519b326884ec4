package dev.vitrine.bench.jmh;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * {@code ./vitrine predict} on the built-in network as a whole process, from nothing to the end.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class StartBenchmark {
  /** Says where the launcher is. */
  public static final String HOME = "vitrine.home";

  private Path home;

  /** Builds the command line where it is not, and sees that it knows the cat. */
  @Setup(Level.Trial)
  public void setUp() throws IOException, InterruptedException {
    String where = System.getProperty(HOME);
    if (where == null) {
      throw new IllegalStateException(
          "it is not known where the launcher is: give -D" + HOME + "=, or use ./vitrine bench");
    }
    home = Path.of(where);
    String answer = predict();
    if (!answer.contains("Egyptian cat")) {
      throw new IllegalStateException("the cat is taken for: " + answer);
    }
  }

  /** One process. */
  @Benchmark
  public String predict() throws IOException, InterruptedException {
    boolean windows = File.separatorChar == '\\';
    String launcher = home.resolve(windows ? "vitrine.cmd" : "vitrine").toString();
    String cat = home.resolve(Path.of("viz", "samples", "cat.png")).toString();
    Process process =
        new ProcessBuilder(List.of(launcher, "predict", cat))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IllegalStateException("vitrine predict ended with exit code " + exit);
    }
    return answer;
  }
}
