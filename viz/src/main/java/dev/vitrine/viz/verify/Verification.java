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
import dev.vitrine.viz.structure.LayerTable;
import dev.vitrine.weights.KnownModel;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.fetch.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Checks of a model that could be loaded, which means that every weight has its shape. */
public final class Verification {
  /** What two backends may differ by, as a part of the largest logit. */
  private static final double TOLERANCE = 1e-4;

  /** Multiply-adds that the reference backend takes more than half a minute for. */
  private static final long LONG = 2_000_000_000L;

  private static final int SLICE = 1 << 16;

  private final Model model;
  private final Expectation expected;
  private final Consumer<String> notice;
  private final List<Check> checks = new ArrayList<>();

  private Verification(Model model, Expectation expected, Consumer<String> notice) {
    this.model = model;
    this.expected = expected;
    this.notice = notice;
  }

  /**
   * Checks a model. Its weights are as before afterwards.
   *
   * @param quick true to leave out the comparison with other backends, which takes the longest
   * @param notice is told, in one line, what will take minutes
   */
  public static List<Check> of(
      Model model, Expectation expected, boolean quick, Consumer<String> notice) {
    Verification verification = new Verification(model, expected, notice);
    verification.hash();
    verification.parameters();
    verification.finite();
    verification.answers();
    if (quick) {
      verification.checks.add(Check.skipped("backends", "left out, as --quick asks"));
    } else {
      verification.backends();
    }
    return List.copyOf(verification.checks);
  }

  private void hash() {
    KnownModel.Place place = expected.known().map(KnownModel::place).orElse(null);
    if (place instanceof KnownModel.BuiltIn builtIn) {
      hash("SHA-256", builtIn.sha256(), "as it came");
    } else if (place instanceof KnownModel.Published published) {
      hash("MD5", published.file().md5(), "as published");
    } else {
      checks.add(
          Check.skipped("hash", "SHA-256 " + model.hash() + "; none is published for this file"));
    }
  }

  private void hash(String algorithm, String right, String as) {
    String found = model.hash(algorithm);
    String name = expected.known().orElseThrow().name();
    if (found.equals(right)) {
      checks.add(Check.fine("hash", algorithm + " " + found + ", " + as));
    } else if (expected.asPublished()) {
      checks.add(
          Check.wrong(
              "hash",
              String.format(
                  "%s is %s, %s has %s: another file, or a damaged one; get it again",
                  algorithm, found, name, right)));
    } else {
      checks.add(
          Check.skipped(
              "hash",
              String.format(
                  "%s %s, not that of the %s that was published (%s): other weights",
                  algorithm, found, name, right)));
    }
  }

  private void parameters() {
    long count = model.network().parameterCount();
    String found = String.format(Locale.ROOT, "%,d parameters, every one in its shape", count);
    KnownModel known = expected.known().orElse(null);
    if (known == null) {
      checks.add(Check.fine("shapes", found));
    } else if (known.parameters() == count) {
      checks.add(Check.fine("shapes", found + ", as " + known.name() + " has"));
    } else {
      checks.add(
          Check.wrong(
              "shapes",
              String.format(
                  Locale.ROOT,
                  "%,d parameters, %s has %,d",
                  count,
                  known.name(),
                  known.parameters())));
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
      checks.add(Check.wrong("numbers", "nothing but zeros in " + String.join(", ", blank)));
    } else {
      checks.add(Check.fine("numbers", "all finite, no kernel empty"));
    }
  }

  private boolean takesPhotographs() {
    return model.network().inputShape().dim(3) == 3 && model.hasPreprocessing();
  }

  private void answers() {
    List<KnownAnswer> answers = expected.answers();
    int classes = model.hasClasses() ? model.classes() : 0;
    Optional<Integer> beyond =
        answers.stream().flatMap(a -> a.classes().stream()).filter(c -> c >= classes).findFirst();
    if (beyond.isPresent()) {
      checks.add(
          Check.wrong(
              "answer",
              "class "
                  + beyond.get()
                  + " is known of a picture, and the network has "
                  + classes
                  + " classes"));
    } else if (answers.isEmpty() || !takesPhotographs()) {
      checks.add(
          Check.skipped(
              "answer",
              "no picture is known with its class"
                  + (model.hasClasses() ? "; name one: --image FILE --class NAME" : "")));
    } else {
      checks.addAll(new Answers(model, answers).checks());
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
    Long work = LayerTable.of(model.network()).multiplyAdds();
    List<BackendProvider> providers = Backends.all();
    if (providers.stream().noneMatch(p -> p.device().equals("cuda"))) {
      checks.add(Check.skipped("cuda", "this build has no CUDA backend"));
    }
    for (BackendProvider provider : providers) {
      String name = provider.name();
      if (mine.description().regionMatches(true, 0, name, 0, name.length())) {
        continue;
      }
      Optional<String> missing = provider.missing();
      if (missing.isPresent()) {
        checks.add(Check.skipped(name, missing.get()));
        continue;
      }
      if (name.equals("reference") && work != null && work > LONG) {
        notice.accept("the reference backend takes minutes for this; --quick leaves it out");
      }
      try (Backend other = provider.open(DeviceOptions.DEFAULT);
          Network copy = model.network().copyTo(other)) {
        checks.add(compared(name, here, logits(copy, x, size)));
      } catch (BackendException e) {
        checks.add(Check.skipped(name, e.getMessage()));
      } catch (OutOfMemoryError e) {
        checks.add(
            Check.skipped(
                name, "no room for a second copy; give Java more: VITRINE_JAVA_OPTS=-Xmx6g"));
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
