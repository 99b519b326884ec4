package dev.vitrine.viz.cli;

import dev.vitrine.viz.attribution.Attributor;
import dev.vitrine.viz.cam.CamMethod;
import dev.vitrine.viz.method.ClassScore;
import dev.vitrine.viz.method.Objective;
import dev.vitrine.viz.trust.PixelMap;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Methods to be examined: those of {@code attribute} and {@code cam}, with their defaults. */
final class MethodOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description =
          "A method of attribute or cam; repeatable."
              + " Default: gradient, guided, integrated-gradients and gradcam.")
  private List<String> methods = new ArrayList<>();

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description = "The layer of class activation maps. Default: the last before the classes.")
  private String layer;

  /** The methods' names as the other commands write them; one that is not known is wrong usage. */
  List<String> names() {
    List<String> wanted =
        methods.isEmpty()
            ? List.of("gradient", "guided", "integrated-gradients", "gradcam")
            : methods.stream().map(m -> m.toLowerCase(Locale.ROOT)).distinct().toList();
    wanted.forEach(name -> Errors.option(command, () -> checked(name)));
    return wanted;
  }

  private static String checked(String name) {
    if (CamOptions.byName(name).isEmpty() && !isAttribution(name)) {
      String known =
          String.join(
              ", ",
              Stream.concat(
                      Arrays.stream(AttributionMethod.values()).map(AttributionMethod::toString),
                      CamOptions.NAMES.stream())
                  .toList());
      throw new BadInputException("method '" + name + "' is not known; known are " + known);
    }
    return name;
  }

  private static boolean isAttribution(String name) {
    return Arrays.stream(AttributionMethod.values()).anyMatch(m -> m.toString().equals(name));
  }

  /**
   * A method for a photograph.
   *
   * @param scored the layer of what is explained
   */
  PixelMap of(
      String name, Model model, InputOptions.Photograph photograph, String scored, long seed) {
    CamMethod cam = CamOptions.byName(name).orElse(null);
    String looked =
        layer == null
            ? CamOptions.defaultLayer(name, model, photograph, scored)
            : LayerNames.known(model, layer);
    LayerNames.checkLeads(model.network(), looked, scored);
    if (cam != null) {
      return PixelMap.of(cam, looked);
    }
    Attributor attributor =
        new AttributionOptions()
            .attributor(AttributionMethod.parse(name), model, photograph, looked, seed);
    return PixelMap.of(attributor);
  }

  /** What curves show: the probability where a class has one, as in the paper. */
  static Objective bounded(Model model, Objective objective) {
    return model.hasProbabilities() && objective instanceof ClassScore score
        ? new ClassScore(model.network().output(), score.index(), score.classes(), true)
        : objective;
  }
}
