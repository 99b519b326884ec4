package dev.vitrine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Division by multiplication against division. */
final class DivisorTest {

  /** As {@code index.cuh} divides, in the 32 bits that it has. */
  private static int quotient(int n, Divisor d) {
    int high = (int) (Integer.toUnsignedLong(n) * Integer.toUnsignedLong(d.multiplier()) >>> 32);
    return high + n >>> d.shift();
  }

  private static void divides(int n, int d) {
    assertThat(quotient(n, Divisor.of(d))).as("%d / %d", n, d).isEqualTo(n / d);
  }

  @Test
  void everyNumberBelowTwoToTheThirtyFirstIsDivided() {
    int most = Integer.MAX_VALUE;
    int[] divisors = {
      1, 2, 3, 4, 5, 7, 64, 224, 641, 65535, 65536, 65537, most / 2, most - 1, most
    };
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      int d = i < divisors.length ? divisors[i] : random.nextInt(1, most) >>> random.nextInt(31);
      int divisor = Math.max(d, 1);
      int n = random.nextInt() >>> 1;
      int multiple = n / divisor * divisor;
      divides(n, divisor);
      divides(multiple, divisor);
      divides(Math.max(multiple - 1, 0), divisor);
      divides(0, divisor);
      divides(most, divisor);
    }
  }

  @Test
  void zeroAndNegativeNumbersAreNoDivisors() {
    for (int d : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> Divisor.of(d))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a kernel divides by 1 or more, not by " + d);
    }
  }
}
