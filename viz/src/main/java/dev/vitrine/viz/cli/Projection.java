package dev.vitrine.viz.cli;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.viz.attribution.InputGradient;
import dev.vitrine.viz.method.Patch;
import dev.vitrine.viz.method.Unit;
import dev.vitrine.viz.render.Cell;
import dev.vitrine.viz.render.GradientPicture;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;

/**
 * What one unit sees of a photograph, and what a rule projects back there (Zeiler and Fergus, 2014,
 * figure 2).
 *
 * @param sees the receptive field, in the input's pixels
 * @param shown the same in the photograph's
 * @param map the projection, {@code [h, w, 3]} in RGB order, at the network's input size
 */
record Projection(
    InputOptions.Photograph photograph, Unit unit, Patch sees, Patch shown, float[] map) {

  /** In a run of the photograph that has gradients and listens to the unit's layer. */
  static Projection of(
      Model model,
      InputOptions.Photograph photograph,
      Run run,
      Unit unit,
      Patch sees,
      ReluRule rule) {
    Picture input = photograph.input();
    return new Projection(
        photograph,
        unit,
        sees,
        sees.of(photograph.seen(), input.height(), input.width(), photograph.shown()),
        model.preprocessing().gradientToRgb(new InputGradient(rule).of(run, unit)));
  }

  /** The rule, or the gradient where no ReLU leads to the layer that a rule could be for. */
  static ReluRule fitting(Network network, String layer, ReluRule rule) {
    for (Layer before : network.layers()) {
      if (before.op() instanceof Relu && LayerNames.leads(network, before.name(), layer)) {
        return rule;
      }
    }
    return ReluRule.GRADIENT;
  }

  /** The part of the photograph, in a square of that many pixels. */
  Picture patch(int side) {
    return Cell.of(shown.cut(photograph.shown()), side);
  }

  /** The projection there, about neutral grey, in the patch's proportions. */
  Picture picture(int side) {
    Picture cut =
        GradientPicture.aboutGrey(
            sees.height(), sees.width(), sees.cut(map, photograph.input().width()));
    return Cell.of(cut, shown.height(), shown.width(), side);
  }

  boolean isAllZero() {
    for (float value : map) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}
