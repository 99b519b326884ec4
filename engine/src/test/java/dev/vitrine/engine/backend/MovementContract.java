package dev.vitrine.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Pad, slice and concat: they move numbers and never change a bit of them. */
interface MovementContract extends ContractSection {

  private static Comparison.Operation pad(int[] before, double value) {
    return (b, in, y) -> b.pad(in[0], before, value, y);
  }

  private static Comparison.Operation slice(int[] start) {
    return (b, in, y) -> b.slice(in[0], start, y);
  }

  private static Comparison.Operation concat(int axis) {
    return (b, in, y) -> b.concat(List.of(in), axis, y);
  }

  private static Shape randomShape(SplittableRandom random, int rank) {
    return Shape.of(random.ints(rank, 1, 7).toArray());
  }

  @Test
  default void paddingAndSlicingAreTheReferencesAndEachOthersTranspose() {
    for (int seed = 0; seed < 40; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Shape small = randomShape(random, 1 + seed % 5);
      int[] before = random.ints(small.rank(), 0, 4).toArray();
      int[] extents = small.dims();
      for (int i = 0; i < extents.length; i++) {
        extents[i] += before[i] + random.nextInt(4);
      }
      Shape large = Shape.of(extents);
      Values x = Values.random(random, small);
      Values y = Values.random(random, large);
      String what = small + " at " + Arrays.toString(before) + " of " + large;
      comparison().agrees("pad " + what, seed, 0, pad(before, 0), large, x);
      comparison().agrees("pad " + what + " with -7.5", seed, 0, pad(before, -7.5), large, x);
      comparison().agrees("slice " + what, seed, 0, slice(before), small, y);
      Values around =
          comparison().run(slice(before), small, comparison().run(pad(before, 9), large, x));
      Comparison.same("slice of pad " + what, seed, 0, x, around);
      var map = new Comparison.LinearMap(pad(before, 0), slice(before), pad(before, 0), 1);
      comparison().adjoint("pad " + what, seed, map, x, y);
    }
  }

  @Test
  default void concatPutsArraysSideBySide() {
    for (int seed = 0; seed < 40; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Shape first = randomShape(random, 1 + seed % 4);
      int axis = random.nextInt(first.rank());
      Values[] parts = new Values[1 + seed % 3];
      int sum = 0;
      for (int i = 0; i < parts.length; i++) {
        parts[i] = Values.random(random, first.with(axis, random.nextInt(1, 6)));
        sum += parts[i].shape().dim(axis);
      }
      Shape whole = first.with(axis, sum);
      String what = "concat along " + axis + " to " + whole;
      comparison().agrees(what, seed, 0, concat(axis), whole, parts);
      Values joined = comparison().run(concat(axis), whole, parts);
      int[] start = new int[whole.rank()];
      for (Values part : parts) {
        Values cut = comparison().run(slice(start), part.shape(), joined);
        Comparison.same("part of " + what, seed, 0, part, cut);
        start[axis] += part.shape().dim(axis);
      }
    }
  }

  @Test
  default void oneArrayMayStandTwiceInAConcat() {
    Comparison.Operation twice = (b, in, y) -> b.concat(List.of(in[0], in[0]), 1, y);
    Values x = Values.of(Shape.of(2, 1), 1, 2);
    comparison().gives("x beside x", Values.of(Shape.of(2, 2), 1, 1, 2, 2), twice, x);
  }

  @Test
  default void blocksLandWhereTheyBelong() {
    Values x = Values.of(Shape.of(2, 2), 1, 2, 3, 4);
    Values padded = Values.of(Shape.of(3, 4), 9, 9, 9, 9, 9, 1, 2, 9, 9, 3, 4, 9);
    comparison().gives("pad", padded, pad(new int[] {1, 1}, 9), x);
    comparison().gives("slice", Values.of(Shape.of(1, 2), 4, 9), slice(new int[] {2, 2}), padded);
    Values y = Values.of(Shape.of(2, 1), 5, 6);
    Values beside = Values.of(Shape.of(2, 3), 1, 2, 5, 3, 4, 6);
    comparison().gives("concat", beside, concat(1), x, y);
  }

  @Test
  default void whatIsMovedKeepsItsBits() {
    double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, -0.0, Float.MIN_VALUE};
    Values x = Values.of(Shape.of(4), odd);
    double[] moved = comparison().run(pad(new int[] {1}, 1), Shape.of(6), x).data();
    assertThat(moved).containsExactly(1, odd[0], odd[1], odd[2], odd[3], 1);
    assertThat(1 / moved[3]).as("the sign of zero").isNegative();
  }
}
