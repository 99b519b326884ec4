package dev.vitrine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Shape;
import dev.vitrine.kernels.device.Order;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Walks over two arrays. */
final class WalkTest {
  private static final Shape IMAGE = Shape.of(2, 5, 6, 8);
  private static final long[] PLAIN = Order.PLAIN.strides(IMAGE);
  private static final long[] FIRST = Order.CHANNELS_FIRST.strides(IMAGE);

  @Test
  void axesAlongWhichBothArraysGoOnEvenlyAreOne() {
    Walk same = Walk.of(IMAGE.dims(), FIRST, FIRST, FIRST);
    assertThat(same.flat()).isTrue();
    assertThat(same.steps()).isEqualTo(480);
    Walk channels = Walk.of(IMAGE.dims(), PLAIN, PLAIN, new long[] {0, 0, 0, 1});
    assertThat(channels.rank()).isEqualTo(2);
    assertThat(channels.extent(0)).isEqualTo(8);
    assertThat(channels.extent(1)).isEqualTo(60);
    assertThat(channels.b(1)).isZero();
    Walk turned = Walk.of(IMAGE.dims(), FIRST, PLAIN, FIRST);
    assertThat(turned.rank()).as("pixels, channels, images").isEqualTo(3);
    assertThat(turned.extent(0)).isEqualTo(30);
    assertThat(turned.a(0)).isEqualTo(8);
    assertThat(turned.flat()).isFalse();
  }

  @Test
  void foursNeedNeighboursInEveryArrayAtPlacesForFours() {
    Walk channels = Walk.of(IMAGE.dims(), PLAIN, PLAIN, new long[] {0, 0, 0, 1});
    assertThat(channels.lanes(true, 256, 512)).isEqualTo(4);
    assertThat(channels.lanes(true, 256, 260)).as("not at a multiple of 16").isEqualTo(1);
    Walk pixels = Walk.of(IMAGE.dims(), PLAIN, PLAIN, new long[] {30, 6, 1, 0});
    assertThat(pixels.lanes(true, 256)).as("one number for four").isEqualTo(4);
    assertThat(pixels.lanes(false, 256)).isEqualTo(1);
    Walk turned = Walk.of(IMAGE.dims(), FIRST, PLAIN, FIRST);
    assertThat(turned.lanes(true, 256)).as("neighbours in one array only").isEqualTo(1);
    int[] odd = {3, 8};
    Walk rows = Walk.of(odd, new long[] {8, 1}, new long[] {9, 1}, new long[] {8, 1});
    assertThat(rows.lanes(true, 256)).as("rows that begin anywhere").isEqualTo(1);
  }

  @Test
  void moreAxesThanKernelsKnowAreRefused() {
    int[] extents = new int[18];
    Arrays.fill(extents, 2);
    Shape shape = Shape.of(extents);
    long[] whole = shape.strides();
    long[] repeated = whole.clone();
    for (int axis = 0; axis < repeated.length; axis += 2) {
      repeated[axis] = 0;
    }
    assertThatThrownBy(() -> Walk.of(extents, whole, whole, repeated))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an array has 18 axes that lie apart; kernels know 8");
  }
}
