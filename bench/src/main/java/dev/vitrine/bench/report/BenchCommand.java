package dev.vitrine.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.bench.contest.Competitor;
import dev.vitrine.bench.contest.Competitors;
import dev.vitrine.bench.jmh.StartBenchmark;
import dev.vitrine.viz.render.OutputFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./vitrine bench}: measures everything beside the peers and writes a page. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures the engine beside PyTorch and ONNX Runtime, and writes a page with the ratios.",
      "Every figure comes from a process of its own; competitors take turns, so that what else the"
          + " machine does meets them alike."
    },
    footer = {"", "Exit codes: 0 measured; 1 something could not be; 2 wrong usage."},
    exitCodeOnInvalidInput = 2)
public final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--long",
      description = "Everything, in more rounds: three hours, on a machine that does nothing else.")
  private boolean thorough;

  @Option(
      names = "--short",
      description = "Most of it, once or twice: under an hour. This is the default.")
  private boolean brief;

  @Option(
      names = "--only",
      paramLabel = "PATTERN",
      defaultValue = ".*",
      description =
          "Parts whose name contains this regular expression: machine, networks-forward,"
              + " networks-gradient, convolutions, convolutions-forward, methods, graetz, loading,"
              + " start, size-forward, batch-gradient, threads-forward and so on.")
  private String only;

  @Option(
      names = "--model",
      paramLabel = "PATTERN",
      defaultValue = ".*",
      description = "Of these parts, those of networks whose name contains this.")
  private String model;

  @Option(
      names = "--backends",
      split = ",",
      paramLabel = "NAME",
      description = "Who is measured. Default: everyone who can be.")
  private List<String> backends = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How often each part is measured. Default: the plan's.")
  private Integer rounds;

  @Option(
      names = "--waiting",
      paramLabel = "HOW",
      defaultValue = "own",
      description =
          "What waiting threads do: own (ours as ./vitrine has them, the peers' as their"
              + " libraries have it: for a quiet machine), sleep or spin (everyone's; on a busy"
              + " machine only sleep is fair). Default: ${DEFAULT-VALUE}.")
  private Jmh.Waiting waiting;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      defaultValue = "5g",
      description = "The Java heap of each process. Default: ${DEFAULT-VALUE}.")
  private String heap;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "vitrine-out",
      description =
          "The folder for bench.html, bench.md and bench.json. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(names = "--plan", description = "Say what would be measured, and measure nothing.")
  private boolean planOnly;

  private final List<Measurement> measured = new ArrayList<>();
  private final List<Map<String, Object>> raw = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  BenchCommand() {}

  /** Measures, and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new BenchCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler(
                (e, line, parsed) -> {
                  line.getErr().println("vitrine: " + e.getMessage());
                  return 1;
                })
            .execute(args));
  }

  /** One call of JMH. */
  private record Turn(Plan.Item item, int round, String backend) {
    @Override
    public String toString() {
      String of = item.parameters().getOrDefault("model", "");
      String batch = item.parameters().getOrDefault("batch", "");
      return item.name()
          + (of.isEmpty() ? "" : " of " + of)
          + (batch.isEmpty() ? "" : ", batch " + batch)
          + (item.name().startsWith("threads") ? ", " + item.threads() + " threads" : "")
          + (backend == null ? "" : ", " + backend);
    }
  }

  @Override
  public Integer call() {
    if (thorough && brief) {
      throw usage("--short and --long exclude each other");
    }
    List<Competitor> competitors = competitors();
    List<Turn> turns = turns(thorough ? Plan.thorough(competitors) : Plan.brief(competitors));
    if (turns.isEmpty()) {
      throw usage("no part of the plan fits --only " + only + " --model " + model);
    }
    if (planOnly) {
      turns.forEach(t -> System.out.println(t + ", round " + (t.round() + 1)));
      return 0;
    }
    Machine machine = Machine.here(competitors, waiting);
    machine.busy().ifPresent(line -> System.err.println("bench: " + line));
    OutputFolder folder = new OutputFolder(out);
    String where = System.getProperty(StartBenchmark.HOME);
    Jmh jmh = new Jmh(where == null ? null : Path.of(where), heap, waiting);
    long begin = System.nanoTime();
    for (int i = 0; i < turns.size(); i++) {
      say(turns, i, begin);
      measure(jmh, turns.get(i));
      write(folder, machine); // so that a run that is broken off has said what it knew
    }
    System.out.println("page: " + folder.path().resolve("bench.html"));
    return failures.isEmpty() ? 0 : 1;
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  private List<Competitor> competitors() {
    List<Competitor> present = new ArrayList<>();
    for (Competitor c : Competitors.all()) {
      if (!backends.isEmpty() && !backends.contains(c.name())) {
        continue;
      }
      c.missing().ifPresentOrElse(why -> failures.add(c.name() + ": " + why), () -> present.add(c));
    }
    if (present.isEmpty()) {
      throw usage("none of --backends " + String.join(",", backends) + " is here");
    }
    return present;
  }

  /**
   * Round by round through the whole plan, so that a run that is broken off has some of everything;
   * the competitors of each item follow one another, in every other round backwards.
   */
  private List<Turn> turns(Plan plan) {
    List<Turn> turns = new ArrayList<>();
    Pattern part = pattern("--only", only);
    Pattern network = pattern("--model", model);
    for (Plan.Item item : plan.items()) {
      if (!part.matcher(item.name()).find()
          || !network.matcher(item.parameters().getOrDefault("model", "")).find()) {
        continue;
      }
      for (int round = 0; round < (rounds == null ? item.rounds() : rounds); round++) {
        List<String> order = new ArrayList<>(item.backends());
        if (order.isEmpty()) {
          order.add(null);
        }
        if (round % 2 == 1) {
          Collections.reverse(order);
        }
        for (String backend : order) {
          turns.add(new Turn(item, round, backend));
        }
      }
    }
    turns.sort(Comparator.comparingInt(Turn::round));
    return turns;
  }

  private Pattern pattern(String option, String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw usage(option + " " + text + " is no regular expression: " + e.getDescription());
    }
  }

  private static void say(List<Turn> turns, int i, long begin) {
    double minutes = (System.nanoTime() - begin) / 60e9;
    String left =
        i == 0
            ? ""
            : String.format(Locale.ROOT, ", %.0f min left", minutes / i * (turns.size() - i));
    System.err.printf("bench: %d of %d%s: %s%n", i + 1, turns.size(), left, turns.get(i));
  }

  private void measure(Jmh jmh, Turn turn) {
    try {
      List<JsonNode> results = jmh.run(turn.item(), turn.backend());
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("part", turn.item().name());
      record.put("round", turn.round());
      record.put("threads", turn.item().threads());
      record.put("results", results);
      raw.add(record);
      results.forEach(r -> measured.add(Measurement.of(r, turn.item().threads(), turn.round())));
    } catch (Jmh.Failed e) {
      String line = turn + ": " + e.getMessage();
      System.err.println("bench: not measured: " + line);
      failures.add(line);
    }
  }

  private void write(OutputFolder folder, Machine machine) {
    BenchPage page =
        new BenchPage(machine, thorough ? "long" : "short", new Results(measured), failures);
    folder.text("bench.html", page.html());
    folder.text("bench.md", page.markdown());
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("date", machine.date().toString());
    record.put("kind", thorough ? "long" : "short");
    record.put("threads", machine.threads());
    record.put("versions", machine.versions());
    record.put("failures", failures);
    record.put("runs", raw);
    folder.json("bench", record);
  }
}
