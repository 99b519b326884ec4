package dev.vitrine.viz.cli;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.trace.Trace;
import dev.vitrine.viz.trace.TracePage;
import dev.vitrine.viz.trace.Walk;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Labels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code trace}: how a score flows back to the pixels, layer by layer, on a page. */
@Command(
    name = "trace",
    mixinStandardHelpOptions = true,
    description = "Walks a score back to the pixels, layer by layer, on a page.")
final class TraceCommand implements Callable<Integer> {
  /** What a page of chosen channels stays below, unless a network takes photographs of any size. */
  private static final int LARGE = 25_000_000;

  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private TargetOptions target;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "IMAGE", description = "A photograph.")
  private Path image;

  @Option(
      names = "--rule",
      paramLabel = "RULE",
      defaultValue = "gradient",
      description =
          "What ReLUs send back: gradient, guided or deconvnet (of the strongest unit, unless told"
              + " what). Default: ${DEFAULT-VALUE}.")
  private String rule;

  @Option(
      names = "--all",
      description =
          "Every channel of every layer, however large the page gets (SqueezeNet 140 MB, VGG16"
              + " 310 MB). Default: the channels that count most, in less than 25 MB.")
  private boolean all;

  @Override
  public Integer call() {
    ReluRule chosen = rule();
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      InputOptions.Photograph photograph = input.read(image, loaded);
      String scored = target.layer(loaded);
      boolean open = target.isOpen();
      boolean strongest = open && (chosen == ReluRule.DECONVNET || !loaded.hasClasses());
      Set<String> heard = new LinkedHashSet<>(List.of(scored));
      String layer = strongest ? Study.defaultLayer(loaded, photograph, scored) : scored;
      heard.add(layer);
      try (Walk walk = new Walk(loaded.network());
          Study study = new Study(loaded, photograph, heard)) {
        TargetOptions.Target what =
            strongest
                ? TargetOptions.Target.strongest(study.run(), layer)
                : target.resolve(loaded, study.run());
        write(study, what, back(walk, study, what, chosen));
      }
    }
    return 0;
  }

  private Trace back(Walk walk, Study study, TargetOptions.Target what, ReluRule chosen) {
    Network network = study.model().network();
    String scored = what.objective().layer();
    long layers =
        network.layers().stream()
            .filter(layer -> LayerNames.leads(network, layer.name(), scored))
            .count();
    int[] done = {0};
    try (Progress bar = Progress.of("layers", 0, layers, Progress.Unit.STEPS)) {
      return walk.back(study.run(), what.objective(), chosen, all, n -> bar.to(done[0] += n));
    }
  }

  private ReluRule rule() {
    return Arrays.stream(ReluRule.values())
        .filter(r -> r.name().equals(rule.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    command.commandLine(),
                    "--rule is '" + rule + "'; it can be gradient, guided or deconvnet"));
  }

  private void write(Study study, TargetOptions.Target what, Trace trace) {
    Model loaded = study.model();
    InputOptions.Photograph photograph = study.photograph();
    TracePage page = new TracePage(trace, photograph.stem(), loaded.name(), what.people());
    boolean bgr = loaded.preprocessing().bgr();
    page.photograph(
        photograph.input(),
        bgr ? List.of("blue", "green", "red") : List.of("red", "green", "blue"));
    if (loaded.hasClasses()) {
      Labels labels = Prediction.labels(loaded);
      page.labels(
          IntStream.range(0, labels.size())
              .mapToObj(i -> labels.get(i).name())
              .map(name -> name.replace('_', ' '))
              .toList());
    }
    page.footer(Version.text(), loaded.hash(), loaded.network().backend().description());
    String html = page.html();

    OutputFolder folder = output.folder();
    String file = photograph.stem() + "-trace";
    Map<String, Object> record = Provenance.of(command, study);
    record.put("method", "trace");
    record.put("target", Attribution.targetRecord(what));
    record.put("value", trace.score());
    record.put("layers", trace.lines());
    if (trace.allZero()) {
      CommandOutput.note(
          rule
              + " of "
              + what.name()
              + " is zero at every pixel: the page shows where it ends; a unit deep in the network"
              + " says more, --unit LAYER:CHANNEL@max");
    }
    if (html.length() > LARGE && !all) {
      CommandOutput.note(
          String.format(
              Locale.ROOT,
              "the page has %d MB, since the maps are that large; a smaller copy of the photograph"
                  + " makes a smaller one",
              html.length() >> 20));
    }
    record.put("page", folder.text(file + ".html", html).toString());
    folder.json(file, record);
    if (output.raw()) {
      int[] shape = {photograph.input().height(), photograph.input().width(), 3};
      folder.npy(file, shape, loaded.preprocessing().gradientToRgb(trace.gradient()));
    }
    if (output.json()) {
      CommandOutput.json(record);
    } else {
      CommandOutput.line(
          "%s of %s (%.4g) back through %d layers",
          trace.rule(), what.name(), trace.score(), trace.lines().size());
      CommandOutput.line("page: %s", record.get("page"));
    }
  }
}
