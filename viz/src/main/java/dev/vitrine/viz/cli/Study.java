package dev.vitrine.viz.cli;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.Objective;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.viz.method.SpatialLayers;
import dev.vitrine.viz.method.Subject;
import dev.vitrine.weights.Model;
import java.util.LinkedHashSet;
import java.util.Set;

/** One photograph in one network: a forward pass that every method of a command shares. */
final class Study implements AutoCloseable {
  private final Model model;
  private final InputOptions.Photograph photograph;
  private final Scope scope;
  private final Tensor x;
  private final Run run;

  /** Runs the network, listening to what the methods will ask for. */
  Study(Model model, InputOptions.Photograph photograph, Set<String> layers) {
    this.model = model;
    this.photograph = photograph;
    this.scope = new Scope(model.network().backend());
    try {
      this.x = photograph.upload(scope, model);
      Set<String> heard = new LinkedHashSet<>(layers);
      heard.add(Prediction.layer(model));
      this.run = model.network().forward(x, new Listen(heard, true, false));
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  Model model() {
    return model;
  }

  InputOptions.Photograph photograph() {
    return photograph;
  }

  Run run() {
    return run;
  }

  /** The photograph as a method's subject. */
  Subject subject(Objective objective) {
    return new Subject(model.network(), x.shape(), x.toFloats(), objective);
  }

  Prediction prediction() {
    return Prediction.of(model, run);
  }

  /**
   * The layer that class activation maps look at unless told otherwise.
   *
   * @param scored the layer of what is explained: where a unit lies earlier, its layer serves
   */
  static String defaultLayer(Model model, InputOptions.Photograph photograph, String scored) {
    Shape input = Shape.of(1, photograph.input().height(), photograph.input().width(), 3);
    String last =
        SpatialLayers.last(model.network(), input, model.hasClasses() ? model.classes() : 0);
    return LayerNames.leads(model.network(), last, scored) ? last : scored;
  }

  @Override
  public void close() {
    run.close();
    scope.close();
  }
}
