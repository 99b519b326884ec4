package dev.vitrine.viz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher {@code vitrine} in a copy of the project's outline. A stand-in for Java prints what
 * it is started with, and one for Maven makes a library folder, slowly enough to be interrupted.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs the POSIX shell's launcher")
@Timeout(60)
final class LauncherTest {
  private static final String BUILDING = "vitrine: building on first use";

  @TempDir Path folder;
  private Path home;
  private Path source;
  private final Map<String, String> environment = new HashMap<>();

  private final List<Started> started = new ArrayList<>();

  private record Started(Process process, Path out, Path err) {}

  private record Outcome(int exit, String out, String err) {}

  @BeforeEach
  void layOutAProject() throws IOException {
    home = Files.createDirectories(folder.resolve("a project"));
    Path launcher = Path.of(System.getProperty("basedir", "."), "..", "vitrine");
    script(home.resolve("vitrine"), Files.readString(launcher));
    for (String module : List.of("engine", "kernels", "weights", "viz")) {
      Files.createDirectories(home.resolve(module + "/src/main/java"));
      Files.writeString(home.resolve(module + "/pom.xml"), "<project/>");
    }
    Files.writeString(home.resolve("pom.xml"), "<project/>");
    source = Files.writeString(home.resolve("engine/src/main/java/A.java"), "class A {}");
    try (Stream<Path> made = Files.walk(home)) {
      for (Path path : made.toList()) {
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(3600)));
      }
    }

    Path jdk = folder.resolve("jdk");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"21.0.1\"\n");
    script(
        jdk.resolve("bin/java"),
        "#!/bin/sh\necho \"threads $OMP_NUM_THREADS\"\nfor a; do echo \"arg $a\"; done\nexit 7\n");
    script(jdk.resolve("bin/javac"), "#!/bin/sh\n");
    script(
        folder.resolve("bin/mvn"),
        """
        #!/bin/sh
        for a; do
          case $a in
            -v) echo "Apache Maven 3.9.9 (x)"; exit 0 ;;
            -Doutput.folder=*) out=${a#*=} ;;
            -Ppeers) peers=yes ;;
          esac
        done
        echo built >>"$BUILDS"
        [ ! -e "$BUILDS.broken" ] || { echo "[ERROR] A.java: what broke"; exit 1; }
        sleep 0.3
        mkdir -p "${out%/*}/vitrine-viz/lib"
        echo jar >"${out%/*}/vitrine-viz/lib/x.jar"
        [ -z "${peers:-}" ] || { mkdir "${out%/*}/vitrine-bench" &&
          echo jar >"${out%/*}/vitrine-bench/benchmarks.jar"; }
        """);
    environment.put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("HOME", folder.toString());
    environment.put("BUILDS", folder.resolve("builds").toString());
  }

  @AfterEach
  void endWhatStillRuns() {
    for (Started one : started) {
      one.process().descendants().forEach(ProcessHandle::destroyForcibly);
      one.process().destroyForcibly();
    }
  }

  @Test
  void theFirstUseBuildsWithOneLineAndTheSecondStartsAtOnce() throws Exception {
    Outcome first = vitrine("predict", "a b", "*");
    assertThat(first.err()).startsWith(BUILDING).hasLineCount(1);
    assertThat(first.out()).contains("arg dev.vitrine.viz.Vitrine\narg predict\narg a b\narg *\n");
    assertThat(first.exit()).as("the exit code is Java's own").isEqualTo(7);

    Outcome second = vitrine("predict");
    assertThat(second.err()).isEmpty();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void aChangedSourceADeletedOneAndAChangedPomEachBuildAgain() throws Exception {
    vitrine();
    Files.writeString(source, "class A { }");
    assertThat(vitrine().err()).startsWith(BUILDING);
    Files.delete(source);
    assertThat(vitrine().err()).startsWith(BUILDING);
    Files.writeString(home.resolve("viz/pom.xml"), "<project></project>");
    assertThat(vitrine().err()).startsWith(BUILDING);
    assertThat(vitrine().err()).isEmpty();
    assertThat(builds()).isEqualTo(4);
  }

  @Test
  void benchHasABuildOfItsOwnWithThePeers() throws Exception {
    vitrine("predict");
    Outcome bench = vitrine("bench", "--plan");
    assertThat(bench.err()).startsWith(BUILDING).hasLineCount(1);
    assertThat(bench.out())
        .contains("arg -Dvitrine.home=" + home.toRealPath() + "\n")
        .contains("a project/viz/target/dist-bench/app-")
        .contains("/lib/benchmarks.jar\narg dev.vitrine.bench.report.BenchCommand\narg --plan\n")
        .doesNotContain("x.jar");
    assertThat(vitrine("bench").err()).isEmpty();
    assertThat(vitrine("predict").err()).isEmpty();
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void aSymbolicLinkStartsTheProjectItPointsTo() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    Files.createSymbolicLink(elsewhere.resolve("one"), Path.of("../a project/vitrine"));
    Files.createSymbolicLink(elsewhere.resolve("two"), elsewhere.resolve("one"));
    Outcome outcome = finish(start(elsewhere, "./two"));
    assertThat(outcome.out()).contains(home.toRealPath() + "/viz/target/dist/app-");
  }

  @Test
  void twoFirstUsesAtOnceBuildOnce() throws Exception {
    Started one = start(folder, home.resolve("vitrine").toString());
    Started two = start(folder, home.resolve("vitrine").toString());
    assertThat(finish(one).exit()).isEqualTo(7);
    assertThat(finish(two).exit()).isEqualTo(7);
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void aBuildThatIsKilledIsMadeAgain() throws Exception {
    Started killed = start(folder, home.resolve("vitrine").toString());
    while (!Files.exists(folder.resolve("builds"))) {
      Thread.sleep(10);
    }
    killed.process().destroyForcibly().waitFor();
    assertThat(home.resolve("viz/target/dist/current")).doesNotExist();

    Outcome next = vitrine();
    assertThat(next.err()).startsWith(BUILDING).hasLineCount(1);
    assertThat(next.exit()).isEqualTo(7);
  }

  @Test
  void aFailedBuildShowsTheEndOfItsLogAndLeavesNothingToStart() throws Exception {
    Files.createFile(folder.resolve("builds.broken"));
    Outcome outcome = vitrine();
    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains("[ERROR] A.java: what broke").contains("the build failed");
    Files.delete(folder.resolve("builds.broken"));
    assertThat(vitrine().exit()).isEqualTo(7);
  }

  @Test
  void threadsComeFromTheArgumentsElseTheEnvironmentElseTheCores() throws Exception {
    environment.put("OMP_NUM_THREADS", "3");
    assertThat(vitrine("predict").out()).contains("threads 3\n");
    assertThat(vitrine("predict", "--threads", "5").out()).contains("threads 5\n");
    assertThat(vitrine("predict", "--threads=6").out()).contains("threads 6\n");
    assertThat(vitrine("predict", "--threads", "many").out()).contains("threads 3\n");
    environment.put("OMP_NUM_THREADS", "");
    assertThat(vitrine("predict").out()).containsPattern("threads [1-9][0-9]*\n");
  }

  @Test
  void aJavaThatIsTooOldOrAbsentIsOneLine() throws Exception {
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"11.0.2\"\n");
    Outcome old = vitrine();
    assertThat(old.exit()).isEqualTo(1);
    assertThat(old.err()).contains("is Java 11.0.2; set JAVA_HOME to a JDK 17").hasLineCount(1);

    environment.put("JAVA_HOME", folder.resolve("nowhere").toString());
    Outcome absent = vitrine();
    assertThat(absent.exit()).isEqualTo(1);
    assertThat(absent.err()).contains("has no bin/java").hasLineCount(1);
  }

  @Test
  void aMavenThatIsTooOldIsOneLine() throws Exception {
    script(folder.resolve("bin/mvn"), "#!/bin/sh\necho 'Apache Maven 3.6.2 (x)'\n");
    Outcome outcome = vitrine();
    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.err()).contains("is Maven 3.6.2; install Maven 3.6.3").hasLineCount(1);
  }

  private Outcome vitrine(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("vitrine").toString()));
    command.addAll(List.of(arguments));
    return finish(start(folder, command.toArray(String[]::new)));
  }

  private Started start(Path directory, String... command) throws IOException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    Started one = new Started(process, out, err);
    started.add(one);
    return one;
  }

  private static Outcome finish(Started one) throws Exception {
    assertThat(one.process().waitFor(20, TimeUnit.SECONDS)).as("it ends in time").isTrue();
    return new Outcome(
        one.process().exitValue(), Files.readString(one.out()), Files.readString(one.err()));
  }

  private long builds() throws IOException {
    return Files.readAllLines(folder.resolve("builds")).size();
  }

  private static void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
