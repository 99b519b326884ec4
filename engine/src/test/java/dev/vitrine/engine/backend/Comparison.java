package dev.vitrine.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.reference.ReferenceBackend;
import java.util.Arrays;

/**
 * A backend under test beside the reference. Runs one operation on both and holds the difference
 * against a bound, which is made of the backend's unit roundoff {@code u} and of the size of what
 * was added up: a sum of {@code k} products, in whatever order, is off by about {@code sqrt(k) * u}
 * times the sum of their magnitudes, and by {@code k * u} times it at most (Higham, Accuracy and
 * Stability of Numerical Algorithms, 3.1).
 */
final class Comparison implements AutoCloseable {
  final Backend backend;
  final Backend reference = new ReferenceBackend();

  /** Half the distance from 1 to the next number: {@code 2^-24} for float32. */
  final double unit;

  Comparison(Backend backend, double unit) {
    this.backend = backend;
    this.unit = unit;
  }

  /** An operation of a backend that makes one array from others; a null array is a null buffer. */
  interface Operation {
    void run(Backend backend, Buffer[] x, Buffer y);
  }

  /** What an operation makes of some arrays on the backend under test. */
  Values run(Operation operation, Shape y, Values... x) {
    return run(backend, operation, y, x);
  }

  /** What an operation makes of some arrays in double precision. */
  Values expect(Operation operation, Shape y, Values... x) {
    return run(reference, operation, y, x);
  }

  private static Values run(Backend on, Operation operation, Shape yShape, Values... x) {
    Buffer[] inputs = new Buffer[x.length];
    Buffer y = null;
    try {
      for (int i = 0; i < x.length; i++) {
        inputs[i] = x[i] == null ? null : upload(on, x[i]);
      }
      y = on.alloc(yShape);
      on.fill(y, Double.NaN); // so that adding to it instead of overwriting it is seen
      operation.run(on, inputs, y);
      return download(on, y);
    } finally {
      for (Buffer input : inputs) {
        if (input != null) {
          on.release(input);
        }
      }
      if (y != null) {
        on.release(y);
      }
    }
  }

  static Buffer upload(Backend on, Values x) {
    Buffer buffer = on.alloc(x.shape());
    on.upload(buffer, 0, x.data(), 0, x.data().length);
    return buffer;
  }

  static Values download(Backend on, Buffer buffer) {
    double[] data = new double[Math.toIntExact(buffer.shape().size())];
    on.download(buffer, 0, data, 0, data.length);
    return new Values(buffer.shape(), data);
  }

  /** The relative error of a sum of so many products that this backend may have. */
  double bound(long terms) {
    return unit * (4 + 2 * Math.sqrt(terms));
  }

  /** Holds the backend to the reference; the tolerance is relative to the largest element. */
  void agrees(String what, long seed, double relative, Operation operation, Shape y, Values... x) {
    Values expected = expect(operation, y, x);
    same(what, seed, relative * expected.largest(), expected, run(operation, y, x));
  }

  /** As {@link #agrees}, for an operation that adds up so many products of its inputs. */
  void agreesInSum(String what, long seed, long terms, Operation operation, Shape y, Values... x) {
    sums(what, seed, terms, operation, run(operation, y, x), x);
  }

  /** Holds what has been found to the reference's sums of so many products of the inputs. */
  void sums(String what, long seed, long terms, Operation operation, Values found, Values... x) {
    double magnitude = magnitude(operation, found.shape(), x).largest();
    same(what, seed, bound(terms) * magnitude, expect(operation, found.shape(), x), found);
  }

  /** The sum of the terms' magnitudes: what the operation makes of its inputs' magnitudes. */
  private Values magnitude(Operation operation, Shape y, Values... x) {
    Values[] magnitudes =
        Arrays.stream(x).map(v -> v == null ? null : v.map(Math::abs)).toArray(Values[]::new);
    return expect(operation, y, magnitudes);
  }

  /**
   * A linear map, its transpose, and the map that bounds the sum of its terms' magnitudes: the same
   * with every coefficient's magnitude.
   *
   * @param terms products, at most, in one element of either's result
   */
  record LinearMap(Operation map, Operation transpose, Operation magnitudes, long terms) {}

  /** Holds {@code <A x, y> = <x, A' y>}. */
  void adjoint(String what, long seed, LinearMap a, Values x, Values y) {
    double left = run(a.map, y.shape(), x).dot(y);
    double right = x.dot(run(a.transpose, x.shape(), y));
    double tolerance = 2 * bound(a.terms) * magnitude(a, x, y);
    close(what + ": <A x, y> and <x, A' y>", seed, tolerance, left, right);
  }

  /**
   * Holds a derivative against central differences of the reference: with the gradient {@code
   * gradY} at the output, {@code <A' gradY, v>} against {@code <f(x + h v) - f(x - h v), gradY> /
   * 2h}, where A is f's derivative at x.
   */
  void differentiates(
      String what,
      long seed,
      Operation function,
      LinearMap derivative,
      Values x,
      Values direction,
      Values gradY) {
    double h = 0x1p-10;
    Values ahead = expect(function, gradY.shape(), x.plus(h, direction));
    Values behind = expect(function, gradY.shape(), x.plus(-h, direction));
    double slope = ahead.plus(-1, behind).dot(gradY) / (2 * h);
    double found = run(derivative.transpose, x.shape(), gradY).dot(direction);
    double tolerance =
        (2 * bound(derivative.terms) + 1e-11) * magnitude(derivative, direction, gradY);
    close(what + ": central difference and derivative", seed, tolerance, slope, found);
  }

  private double magnitude(LinearMap a, Values x, Values y) {
    return magnitude(a.magnitudes, y.shape(), x).dot(y.map(Math::abs));
  }

  private static void close(String what, long seed, double tolerance, double left, double right) {
    assertThat(Math.abs(left - right))
        .as("%s (seed %d): %s and %s differ by more than %s", what, seed, left, right, tolerance)
        .isLessThanOrEqualTo(tolerance);
  }

  /** Fails with the largest error and the first five pairs that are further apart. */
  static void same(String what, long seed, double tolerance, Values expected, Values found) {
    assertThat(found.shape()).as(what).isEqualTo(expected.shape());
    double largest = 0;
    int wrong = 0;
    StringBuilder pairs = new StringBuilder();
    for (int i = 0; i < expected.data().length; i++) {
      double e = expected.data()[i];
      double f = found.data()[i];
      double error = e == f || Double.isNaN(e) && Double.isNaN(f) ? 0 : Math.abs(e - f);
      if (!(error <= tolerance)) {
        largest = Double.isNaN(error) ? error : Math.max(largest, error);
        if (wrong++ < 5) {
          pairs.append(String.format("%n  at %d: expected %s, found %s", i, e, f));
        }
      }
    }
    if (wrong > 0) {
      fail(
          "%s (seed %d): %d of %d elements of %s differ by more than %s, the largest by %s%s",
          what, seed, wrong, expected.data().length, expected.shape(), tolerance, largest, pairs);
    }
  }

  /** Holds the backend to numbers worked out by hand, up to its rounding. */
  void gives(String what, Values expected, Operation operation, Values... x) {
    double tolerance = 32 * unit * Math.max(expected.map(Comparison::finite).largest(), 1e-3);
    same(what, 0, tolerance, expected, run(operation, expected.shape(), x));
  }

  private static double finite(double v) {
    return Double.isFinite(v) ? v : 0;
  }

  @Override
  public void close() {
    backend.close();
    reference.close();
  }
}
