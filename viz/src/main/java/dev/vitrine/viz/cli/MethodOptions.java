package dev.vitrine.viz.cli;

import dev.vitrine.viz.attribution.Attributor;
import dev.vitrine.viz.cam.CamMethod;
import dev.vitrine.viz.method.ClassScore;
import dev.vitrine.viz.method.Objective;
import dev.vitrine.viz.trust.Control;
import dev.vitrine.viz.trust.PixelMap;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Methods to be examined: those of {@code attribute} and {@code cam}, with their defaults, and the
 * controls.
 */
final class MethodOptions {
  private static final String ALL = "all";
  private static final String DECONVNET = AttributionMethod.DECONVNET.toString();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description =
          "A method of attribute or cam, or one that knows nothing of the network: sobel (the"
              + " photograph's edges), random; repeatable. all: every one that this network takes."
              + " Default: gradient, guided, integrated-gradients and gradcam.")
  private List<String> methods = new ArrayList<>();

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description = "The layer of class activation maps. Default: the last before the classes.")
  private String layer;

  /** What is examined of a method: its map, of what. */
  record Examined(PixelMap map, TargetOptions.Target target) {}

  /** Checks the methods' names: one that is not known is wrong usage. */
  void check() {
    methods.forEach(name -> Errors.option(command, () -> checked(name.toLowerCase(Locale.ROOT))));
  }

  private boolean isAll() {
    return methods.stream().anyMatch(ALL::equalsIgnoreCase);
  }

  /** The methods' names as the other commands write them. */
  private List<String> names() {
    return isAll()
        ? known()
        : methods.isEmpty()
            ? List.of("gradient", "guided", "integrated-gradients", "gradcam")
            : methods.stream().map(m -> m.toLowerCase(Locale.ROOT)).distinct().toList();
  }

  private static List<String> known() {
    return Stream.of(
            Arrays.stream(AttributionMethod.values()).map(AttributionMethod::toString),
            CamOptions.NAMES.stream(),
            Arrays.stream(Control.values()).map(Control::toString))
        .flatMap(s -> s)
        .toList();
  }

  private static String checked(String name) {
    if (!name.equals(ALL) && !known().contains(name)) {
      throw new BadInputException(
          "method '"
              + name
              + "' is not known; known are "
              + String.join(", ", known())
              + ", and all");
    }
    return name;
  }

  /** The layers that a run must listen to. */
  Set<String> heard(Model model, InputOptions.Photograph photograph, TargetOptions target) {
    String scored = target.layer(model);
    Set<String> heard = new LinkedHashSet<>(Set.of(scored));
    if (names().contains(DECONVNET) && target.isOpen()) {
      heard.add(Study.defaultLayer(model, photograph, scored));
    }
    return heard;
  }

  /**
   * The methods by name. The deconvnet is that of the strongest unit where nobody named a class, as
   * {@code attribute} has it: a class' is zero nearly always. Of all methods those that are not for
   * this network or this target are left out, with a note.
   *
   * @param what what is explained by the others
   */
  Map<String, Examined> of(
      Study study, TargetOptions target, TargetOptions.Target what, long seed) {
    Map<String, Examined> found = new LinkedHashMap<>();
    String scored = what.objective().layer();
    for (String name : names()) {
      boolean strongest = name.equals(DECONVNET) && target.isOpen();
      try {
        found.put(
            name,
            new Examined(
                of(name, study, scored, seed),
                strongest
                    ? TargetOptions.Target.strongest(
                        study.run(), Study.defaultLayer(study.model(), study.photograph(), scored))
                    : what));
      } catch (BadInputException e) {
        if (!isAll()) {
          throw e;
        }
        CommandOutput.note(name + " is left out: " + e.getMessage());
      }
    }
    return found;
  }

  private PixelMap of(String name, Study study, String scored, long seed) {
    Model model = study.model();
    Optional<Control> control =
        Arrays.stream(Control.values()).filter(c -> c.toString().equals(name)).findFirst();
    if (control.isPresent()) {
      return control.get();
    }
    Optional<CamMethod> cam = CamOptions.byName(name);
    String looked =
        layer == null
            ? CamOptions.defaultLayer(name, model, study.photograph(), scored)
            : LayerNames.known(model, layer);
    LayerNames.checkLeads(model.network(), looked, scored);
    if (cam.isPresent()) {
      return PixelMap.of(cam.get(), looked);
    }
    Attributor attributor =
        new AttributionOptions()
            .attributor(AttributionMethod.parse(name), model, study.photograph(), looked, seed);
    return PixelMap.of(attributor);
  }

  /** What curves show: the probability where a class has one, as in the paper. */
  static Objective bounded(Model model, Objective objective) {
    return model.hasProbabilities() && objective instanceof ClassScore score
        ? new ClassScore(model.network().output(), score.index(), score.classes(), true)
        : objective;
  }
}
