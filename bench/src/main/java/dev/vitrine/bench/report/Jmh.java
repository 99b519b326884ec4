package dev.vitrine.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrine.bench.contest.Vitrine;
import dev.vitrine.bench.jmh.NativeBytes;
import dev.vitrine.bench.jmh.StartBenchmark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Calls JMH in a process of its own, with an environment for the one that is measured. */
final class Jmh {
  /** What threads do while they wait for work. */
  enum Waiting {
    /** Ours as the launcher has them; the peers' as their libraries have it. */
    OWN,
    /** Everyone's sleep, so that ratios hold on a busy machine too. */
    SLEEP,
    /** Everyone's spin. */
    SPIN;

    /**
     * Sets up a process: what the launcher told OpenMP and the system's memory is ours alone, and
     * the peer that has threads of its own reads the policy too.
     */
    void prepare(Map<String, String> environment, boolean ours) {
      if (this != OWN) {
        environment.put("OMP_WAIT_POLICY", this == SLEEP ? "passive" : "active");
        environment.remove("GOMP_SPINCOUNT");
      } else if (!ours) {
        environment.remove("OMP_WAIT_POLICY");
        environment.remove("GOMP_SPINCOUNT");
      }
      if (!ours) {
        environment.remove("GLIBC_TUNABLES");
      }
    }
  }

  /** A call that failed, and why. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    Failed(String why) {
      super(why);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TAIL = 5;

  private final Path home;
  private final String heap;
  private final Waiting waiting;
  private volatile Process running;
  private volatile boolean ending;

  /**
   * Prepares calls.
   *
   * @param home where the launcher is, or null
   * @param heap of each fork, as {@code -Xmx} takes it
   */
  Jmh(Path home, String heap, Waiting waiting) {
    this.home = home;
    this.heap = heap;
    this.waiting = waiting;
    Runtime.getRuntime().addShutdownHook(new Thread(this::end));
  }

  /**
   * JMH's results for one competitor.
   *
   * @param backend null where there is no choice
   * @throws Failed with the last error of the process
   */
  List<JsonNode> run(Plan.Item item, String backend) throws Failed {
    try {
      Path results = Files.createTempFile("vitrine-bench", ".json");
      try {
        run(command(item, backend, results), item.threads(), ours(backend));
        List<JsonNode> found = new ArrayList<>();
        JSON.readTree(results.toFile()).forEach(result -> found.add(publishable(result)));
        if (found.isEmpty()) {
          throw new Failed("JMH measured nothing");
        }
        return found;
      } finally {
        Files.delete(results);
      }
    } catch (IOException e) {
      throw new Failed(String.valueOf(e.getMessage()));
    }
  }

  /** Without where things lie on this machine, which is nobody else's business. */
  private static JsonNode publishable(JsonNode result) {
    return ((ObjectNode) result).without(List.of("jvm", "jvmArgs"));
  }

  private static boolean ours(String backend) {
    return backend == null || backend.equals(Vitrine.CPU.name());
  }

  private List<String> command(Plan.Item item, String backend, Path results) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.openjdk.jmh.Main"));
    command.add("\\." + item.include() + "\\.");
    item.parameters().forEach((name, value) -> command.addAll(List.of("-p", name + "=" + value)));
    if (backend != null) {
      command.addAll(List.of("-p", "backend=" + backend));
    }
    command.addAll(List.of("-f", "1", "-foe", "true", "-rf", "json", "-rff", results.toString()));
    command.addAll(List.of("-prof", "gc", "-prof", NativeBytes.class.getName()));
    command.addAll(item.arguments());
    // The collector that ./vitrine runs with: no thread of it works beside the engine's own.
    String options = "-XX:+UseSerialGC -Xms1g -Xmx" + heap + " --enable-native-access=ALL-UNNAMED";
    if (home != null) {
      options += " \"-D" + StartBenchmark.HOME + "=" + home + "\""; // it may have blanks
    }
    command.addAll(List.of("-jvmArgsPrepend", options));
    return command;
  }

  private void run(List<String> command, int threads, boolean ours) throws IOException, Failed {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put("OMP_NUM_THREADS", threads + "");
    waiting.prepare(environment, ours);
    if (ending) {
      throw new Failed("stopped");
    }
    Process process = builder.start();
    running = process;
    String said;
    try {
      process.getOutputStream().close();
      said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new Failed(reason(said));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failed("interrupted");
    } finally {
      destroy(process);
    }
  }

  /** JMH and its fork end with us, also when we alone are told to. */
  private void end() {
    ending = true;
    Process process = running;
    if (process != null) {
      destroy(process);
    }
  }

  private static void destroy(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }

  /** What a benchmark threw, else the last lines. */
  static String reason(String said) {
    List<String> lines = said.lines().filter(l -> !l.isBlank()).toList();
    return lines.stream()
        .filter(l -> l.matches("(Caused by: )?[\\w.$]+(Exception|Error): .*"))
        .findFirst()
        .map(l -> l.replaceFirst("^(Caused by: )?[\\w.$]+: ", ""))
        .orElseGet(
            () -> String.join("; ", lines.subList(Math.max(0, lines.size() - TAIL), lines.size())));
  }
}
