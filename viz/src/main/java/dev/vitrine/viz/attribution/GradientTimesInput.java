package dev.vitrine.viz.attribution;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.viz.method.Subject;
import java.util.function.IntConsumer;

/**
 * {@code x * df/dx}, the preprocessed input times the gradient (Shrikumar, Greenside, Shcherbina
 * and Kundaje, "Not Just a Black Box", 2016). For a network that is linear without bias the map
 * sums to the objective's value.
 */
public record GradientTimesInput() implements Attributor {

  @Override
  public Attributed of(Subject subject, IntConsumer progress) {
    Attributed gradient = new InputGradient(ReluRule.GRADIENT).of(subject, progress);
    float[] map = gradient.map();
    for (int i = 0; i < map.length; i++) {
      map[i] *= subject.input()[i];
    }
    return gradient;
  }
}
