package dev.vitrine.viz.cli;

import dev.vitrine.viz.cam.AblationCam;
import dev.vitrine.viz.cam.Cam;
import dev.vitrine.viz.cam.CamMethod;
import dev.vitrine.viz.cam.EigenCam;
import dev.vitrine.viz.cam.GradCam;
import dev.vitrine.viz.cam.GradCamPlusPlus;
import dev.vitrine.viz.cam.LayerCam;
import dev.vitrine.viz.cam.ScoreCam;
import dev.vitrine.viz.cam.SmoothedCam;
import dev.vitrine.viz.cam.XGradCam;
import dev.vitrine.viz.render.ColorMap;
import dev.vitrine.viz.render.HeatMap;
import dev.vitrine.viz.render.Opacity;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which class activation map, of which layers, and how it is drawn. */
final class CamOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      defaultValue = "gradcam",
      description =
          "cam, gradcam, gradcam++, xgradcam, layercam, scorecam, ablation-cam or eigencam."
              + " Default: ${DEFAULT-VALUE}.")
  private String method;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description =
          "The layer whose maps are weighed; repeatable."
              + " Default: the last one with maps whose channels are not the classes.")
  private List<String> layers = new ArrayList<>();

  @Option(
      names = "--smooth",
      description = "The mean over the photograph, its mirror image, and both weaker and stronger.")
  private boolean smooth;

  @Option(names = "--box", description = "Draw a box where the map exceeds a fifth of its maximum.")
  private boolean box;

  @Option(
      names = "--colors",
      paramLabel = "MAP",
      defaultValue = "inferno",
      description =
          "inferno, viridis, magma, plasma, grey or diverging. Default: ${DEFAULT-VALUE}.")
  private String colors;

  @Option(
      names = "--opacity",
      paramLabel = "0-1",
      description = "Opacity of the whole overlay. Default: it grows with the map's value.")
  private Double opacity;

  static final List<String> NAMES =
      List.of(
          "cam",
          "gradcam",
          "gradcam++",
          "xgradcam",
          "layercam",
          "scorecam",
          "ablation-cam",
          "eigencam");

  /** A method by its name, empty if there is none. */
  static Optional<CamMethod> byName(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "cam" -> new Cam();
          case "gradcam" -> new GradCam();
          case "gradcam++" -> new GradCamPlusPlus();
          case "xgradcam" -> new XGradCam();
          case "layercam" -> new LayerCam();
          case "scorecam" -> new ScoreCam();
          case "ablation-cam" -> new AblationCam();
          case "eigencam" -> new EigenCam();
          default -> null;
        });
  }

  /** The layer that a method looks at unless told otherwise. */
  static String defaultLayer(
      String name, Model model, InputOptions.Photograph photograph, String scored) {
    return name.equals("cam")
        ? Cam.layer(model.network(), scored)
        : Study.defaultLayer(model, photograph, scored);
  }

  /** The method as the command line calls it. */
  String name() {
    return method.toLowerCase(Locale.ROOT);
  }

  CamMethod method() {
    CamMethod plain =
        byName(name())
            .orElseThrow(
                () ->
                    usage(
                        "method '"
                            + method
                            + "' is not known; known are "
                            + String.join(", ", NAMES)));
    if (opacity != null && !(opacity >= 0 && opacity <= 1)) {
      throw usage("--opacity is " + opacity + "; it must be in 0..1");
    }
    colors();
    return smooth ? new SmoothedCam(plain) : plain;
  }

  boolean isSmoothed() {
    return smooth;
  }

  boolean hasBox() {
    return box;
  }

  /** The layers asked for, or the method's default. */
  List<String> layers(Model model, InputOptions.Photograph photograph, String scored) {
    if (!layers.isEmpty()) {
      return layers.stream().distinct().map(l -> LayerNames.known(model, l)).toList();
    }
    return List.of(defaultLayer(name(), model, photograph, scored));
  }

  private ColorMap colors() {
    return Errors.option(command, () -> ColorMap.parse(colors));
  }

  /** The map over the photograph. */
  Picture overlay(HeatMap heat, HeatMap.Scaling scaling, InputOptions.Photograph photograph) {
    return heat.overlay(
        photograph.shown(),
        photograph.seen(),
        scaling,
        colors(),
        opacity == null ? Opacity.GROWING : new Opacity(opacity.floatValue(), false));
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
