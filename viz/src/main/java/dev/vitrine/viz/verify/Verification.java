package dev.vitrine.viz.verify;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.engine.backend.BackendProvider;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.DeviceOptions;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.weights.KnownModel;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.fetch.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Checks of a model that could be loaded, which means that every weight has its shape. */
public final class Verification {
  /** What two backends may differ by, as a part of the largest logit. */
  private static final double TOLERANCE = 1e-4;

  private static final int SLICE = 1 << 16;

  private final Model model;
  private final Optional<KnownModel> known;
  private final List<Check> checks = new ArrayList<>();

  private Verification(Model model, Optional<KnownModel> known) {
    this.model = model;
    this.known = known;
  }

  /**
   * Checks a model. Its weights are as before afterwards.
   *
   * @param known what the zoo knows of it
   * @param answers what it should say of pictures; without any the zoo's
   * @param quick true to leave out the comparison with other backends, which takes the longest
   */
  public static List<Check> of(
      Model model, Optional<KnownModel> known, List<KnownAnswer> answers, boolean quick) {
    Verification verification = new Verification(model, known);
    verification.hash();
    verification.parameters();
    verification.finite();
    List<KnownAnswer> expected =
        answers.isEmpty() ? known.map(KnownAnswer::of).orElse(List.of()) : answers;
    verification.answers(expected);
    if (quick) {
      verification.checks.add(Check.skipped("backends", "left out, as --quick asks"));
    } else {
      verification.backends();
    }
    return List.copyOf(verification.checks);
  }

  private void hash() {
    if (known.isPresent() && known.get().place() instanceof KnownModel.BuiltIn builtIn) {
      checks.add(
          model.hash().equals(builtIn.sha256())
              ? Check.fine("hash", "SHA-256 " + builtIn.sha256())
              : Check.wrong(
                  "hash", "SHA-256 is " + model.hash() + ", expected " + builtIn.sha256()));
    } else if (known.isPresent() && known.get().place() instanceof KnownModel.Published published) {
      String md5 = model.hash("MD5");
      checks.add(
          md5.equals(published.file().md5())
              ? Check.fine("hash", "MD5 " + md5 + ", as published")
              : Check.wrong(
                  "hash",
                  "MD5 is "
                      + md5
                      + ", published is "
                      + published.file().md5()
                      + "; it is another file, or a damaged one: ./vitrine fetch "
                      + published.file().name()));
    } else {
      checks.add(
          Check.skipped("hash", "SHA-256 " + model.hash() + "; none is published for this file"));
    }
  }

  private void parameters() {
    long count = model.network().parameterCount();
    String found = String.format(Locale.ROOT, "%,d parameters, every one in its shape", count);
    if (known.isEmpty()) {
      checks.add(Check.fine("shapes", found));
    } else if (known.get().parameters() == count) {
      checks.add(Check.fine("shapes", found + ", as " + known.get().name() + " has"));
    } else {
      checks.add(
          Check.wrong(
              "shapes",
              String.format(
                  Locale.ROOT,
                  "%,d parameters, %s has %,d",
                  count,
                  known.get().name(),
                  known.get().parameters())));
    }
  }

  private void finite() {
    List<String> wild = new ArrayList<>();
    List<String> blank = new ArrayList<>();
    for (Parameter parameter : model.network().parameters()) {
      Tensor value = parameter.value();
      long size = value.shape().size();
      double[] slice = new double[(int) Math.min(size, SLICE)];
      long notFinite = 0;
      boolean zero = true;
      for (long at = 0; at < size; at += slice.length) {
        int count = (int) Math.min(slice.length, size - at);
        value.backend().download(value.buffer(), at, slice, 0, count);
        for (int i = 0; i < count; i++) {
          notFinite += Double.isFinite(slice[i]) ? 0 : 1;
          zero &= slice[i] == 0;
        }
      }
      if (notFinite > 0) {
        wild.add(String.format(Locale.ROOT, "%s (%,d of %,d)", parameter.name(), notFinite, size));
      }
      if (zero && parameter.name().endsWith("/kernel")) {
        blank.add(parameter.name());
      }
    }
    if (!wild.isEmpty()) {
      checks.add(
          Check.wrong("numbers", "not finite in " + String.join(", ", wild) + "; get it again"));
    } else if (!blank.isEmpty()) {
      checks.add(
          Check.wrong("numbers", "nothing but zeros in " + String.join(", ", blank)));
    } else {
      checks.add(Check.fine("numbers", "all finite, no kernel empty"));
    }
  }

  private boolean takesPhotographs() {
    return model.network().inputShape().dim(3) == 3 && model.hasPreprocessing();
  }

  private void answers(List<KnownAnswer> expected) {
    int classes = model.hasClasses() ? model.classes() : 0;
    Optional<Integer> beyond =
        expected.stream().flatMap(a -> a.classes().stream()).filter(c -> c >= classes).findFirst();
    if (beyond.isPresent()) {
      checks.add(
          Check.wrong(
              "answer",
              "class "
                  + beyond.get()
                  + " is known of a picture, and the network has "
                  + classes
                  + " classes"));
    } else if (expected.isEmpty() || !takesPhotographs()) {
      checks.add(
          Check.skipped(
              "answer",
              "no picture is known with its class"
                  + (model.hasClasses() ? "; name one: --image FILE --class NAME" : "")));
    } else {
      checks.addAll(new Answers(model, expected).checks());
    }
  }

  /** One picture on every other backend. */
  private void backends() {
    Backend mine = model.network().backend();
    float[] x;
    int[] size = Answers.size(model);
    if (takesPhotographs()) {
      x = Answers.input(model, KnownAnswer.picture("cat"), model.preprocessing(), false);
    } else {
      x = new float[size[0] * size[1] * model.network().inputShape().dim(3)];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) Math.sin(i);
      }
    }
    double[] here = logits(model.network(), x, size);
    for (BackendProvider provider : Backends.all()) {
      String name = provider.name();
      if (mine.description().regionMatches(true, 0, name, 0, name.length())) {
        continue;
      }
      Optional<String> missing = provider.missing();
      if (missing.isPresent()) {
        checks.add(Check.skipped(name, missing.get()));
        continue;
      }
      try (Backend other = provider.open(DeviceOptions.DEFAULT);
          Network copy = model.network().copyTo(other)) {
        checks.add(compared(name, here, logits(copy, x, size)));
      } catch (BackendException e) {
        checks.add(Check.skipped(name, e.getMessage()));
      }
    }
  }

  private Check compared(String name, double[] here, double[] there) {
    double largest = 1e-12;
    double apart = 0;
    for (int i = 0; i < here.length; i++) {
      largest = Math.max(largest, Math.abs(there[i]));
      // A comparison with NaN would say that nothing is wrong.
      double difference = Math.abs(here[i] - there[i]);
      apart = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(apart, difference);
    }
    return Check.of(
        name,
        apart <= TOLERANCE * largest,
        String.format(
            Locale.ROOT,
            "logits of one picture are %.1e of the largest from those of %s, allowed are %.0e",
            apart / largest,
            model.network().backend().description(),
            TOLERANCE));
  }

  private double[] logits(Network network, float[] x, int[] size) {
    Shape shape = Shape.of(1, size[0], size[1], network.inputShape().dim(3));
    String layer = Prediction.layer(model);
    try (Scope scope = new Scope(network.backend());
        Run run = network.forward(scope.of(shape, x), Listen.to(layer))) {
      return run.output(layer).toDoubles();
    }
  }

  /** The models of the zoo that can be checked here: built in, or fetched. */
  public static boolean isHere(KnownModel model) {
    return model.isBuiltIn() || Catalog.file(model.name()).isPresent();
  }
}
