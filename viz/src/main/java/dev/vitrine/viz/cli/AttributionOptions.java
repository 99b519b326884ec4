package dev.vitrine.viz.cli;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.viz.attribution.Attributor;
import dev.vitrine.viz.attribution.Baseline;
import dev.vitrine.viz.attribution.GradientTimesInput;
import dev.vitrine.viz.attribution.GuidedGradCam;
import dev.vitrine.viz.attribution.InputGradient;
import dev.vitrine.viz.attribution.IntegratedGradients;
import dev.vitrine.viz.attribution.Occlusion;
import dev.vitrine.viz.attribution.SmoothGrad;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which attribution method, and its numbers. */
final class AttributionOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description =
          "gradient, gradient-x-input, smoothgrad, integrated-gradients, guided, deconvnet,"
              + " guided-gradcam or occlusion. Default: ${DEFAULT-VALUE}.")
  private String method = "gradient";

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "smoothgrad: noisy copies. Default: ${DEFAULT-VALUE}.")
  private int samples = 25;

  @Option(
      names = "--noise",
      paramLabel = "SHARE",
      description =
          "smoothgrad: the noise's deviation as a share of the input's range."
              + " Default: ${DEFAULT-VALUE}.")
  private double noise = 0.15;

  @Option(
      names = "--form",
      paramLabel = "FORM",
      description = "smoothgrad: mean, squared or variance. Default: ${DEFAULT-VALUE}.")
  private String form = "mean";

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "integrated-gradients: steps of the integral. Default: ${DEFAULT-VALUE}.")
  private int steps = 50;

  @Option(
      names = "--baseline",
      paramLabel = "NAME|FILE",
      description =
          "integrated-gradients, occlusion: what shows nothing: mean (zero after preprocessing),"
              + " black, white, blur or a picture. Default: ${DEFAULT-VALUE}.")
  private String baseline = "mean";

  @Option(
      names = "--window",
      paramLabel = "PIXELS",
      description = "occlusion: side of the square. Default: an eighth of the shorter side.")
  private Integer window;

  @Option(
      names = "--stride",
      paramLabel = "PIXELS",
      description = "occlusion: pixels between squares. Default: half a square.")
  private Integer stride;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description = "guided-gradcam: whose maps are weighed. Default: the last before the classes.")
  private String layer;

  /** The method; an option that it does not take is wrong usage. */
  AttributionMethod method() {
    AttributionMethod chosen = Errors.option(command, () -> AttributionMethod.parse(method));
    for (String option : AttributionMethod.OPTIONS) {
      if (!chosen.takes(option)
          && command.commandLine().getParseResult().hasMatchedOption(option)) {
        throw usage(option + " is not for " + chosen + ": leave it out");
      }
    }
    if (samples < 1) {
      throw usage("--samples is " + samples + "; it must be 1 or more");
    }
    if (!(noise >= 0 && noise < Double.POSITIVE_INFINITY)) {
      throw usage("--noise is " + noise + "; it must be 0 or more");
    }
    if (steps < 1) {
      throw usage("--steps is " + steps + "; it must be 1 or more");
    }
    if (window != null && window < 1) {
      throw usage("--window is " + window + "; it must be 1 or more");
    }
    form();
    return chosen;
  }

  /**
   * The method for a photograph.
   *
   * @param scored the layer of what is explained
   */
  Attributor attributor(Model model, InputOptions.Photograph photograph, String scored, long seed) {
    AttributionMethod chosen = method();
    if (chosen != AttributionMethod.GUIDED_GRADCAM) {
      return attributor(chosen, model, photograph, null, seed);
    }
    String looked =
        layer == null
            ? Study.defaultLayer(model, photograph, scored)
            : LayerNames.known(model, layer);
    LayerNames.checkLeads(model.network(), looked, scored);
    return attributor(chosen, model, photograph, looked, seed);
  }

  /**
   * A method with these options' numbers.
   *
   * @param looked the layer whose maps are weighed, where the method weighs any
   */
  Attributor attributor(
      AttributionMethod chosen,
      Model model,
      InputOptions.Photograph photograph,
      String looked,
      long seed) {
    return switch (chosen) {
      case GRADIENT -> new InputGradient(ReluRule.GRADIENT);
      case GUIDED -> new InputGradient(ReluRule.GUIDED);
      case DECONVNET -> new InputGradient(ReluRule.DECONVNET);
      case GRADIENT_X_INPUT -> new GradientTimesInput();
      case SMOOTHGRAD -> new SmoothGrad(samples, noise, form(), seed);
      case INTEGRATED_GRADIENTS -> new IntegratedGradients(steps, baseline(model, photograph));
      case GUIDED_GRADCAM -> new GuidedGradCam(looked);
      case OCCLUSION -> occlusion(model, photograph);
    };
  }

  private Attributor occlusion(Model model, InputOptions.Photograph photograph) {
    int shorter = Math.min(photograph.input().height(), photograph.input().width());
    int side = window == null ? Math.max(1, shorter / 8) : window;
    int step = stride == null ? Math.max(1, side / 2) : stride;
    if (step < 1 || step > side) {
      throw usage(
          "--stride is " + step + "; it must be 1 or more, and at most the square's " + side);
    }
    return new Occlusion(side, step, baseline(model, photograph));
  }

  private float[] baseline(Model model, InputOptions.Photograph photograph) {
    for (Baseline known : Baseline.values()) {
      if (known.toString().equals(baseline.toLowerCase(Locale.ROOT))) {
        return known.of(photograph.input(), model.preprocessing());
      }
    }
    Path file = Path.of(baseline);
    if (!Files.exists(file)) {
      throw new BadInputException(
          "baseline '" + baseline + "': no such file; or name mean, black, white or blur");
    }
    Picture input = photograph.input();
    return model
        .preprocessing()
        .apply(photograph.resize().apply(Picture.read(file), input.height(), input.width()));
  }

  private SmoothGrad.Form form() {
    for (SmoothGrad.Form known : SmoothGrad.Form.values()) {
      if (known.toString().equals(form.toLowerCase(Locale.ROOT))) {
        return known;
      }
    }
    throw usage("--form is '" + form + "'; it can be mean, squared or variance");
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
