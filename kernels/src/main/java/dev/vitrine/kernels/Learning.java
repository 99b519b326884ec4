package dev.vitrine.kernels;

import dev.vitrine.engine.backend.AdamStep;
import dev.vitrine.kernels.device.KernelArguments;
import dev.vitrine.kernels.device.Launch;
import dev.vitrine.kernels.device.Launcher;
import java.util.ArrayList;
import java.util.List;

/** Adam's step. */
final class Learning {
  private final Launcher launcher;
  private final Moves moves;
  private final DeviceMemory memory;

  /**
   * @param memory lends room for what a step needs
   */
  Learning(Launcher launcher, Moves moves, DeviceMemory memory) {
    this.launcher = launcher;
    this.moves = moves;
    this.memory = memory;
  }

  /** The step with the number that it says. */
  void adam(AdamStep step, CudaBuffer grad, CudaBuffer m, CudaBuffer v, CudaBuffer x) {
    corrected(
        step,
        grad,
        m,
        v,
        x,
        corrections ->
            launchOne(
                "adam_corrections",
                new KernelArguments().struct(betas(step)).int32(step.step()).pointer(corrections)));
  }

  /**
   * The step after the one whose number an {@code int} on the card has, which is counted up: for a
   * recording, each replay of which goes one step further.
   */
  void adam(
      AdamStep step, long counter, CudaBuffer grad, CudaBuffer m, CudaBuffer v, CudaBuffer x) {
    corrected(
        step,
        grad,
        m,
        v,
        x,
        corrections ->
            launchOne(
                "adam_next_corrections",
                new KernelArguments().struct(betas(step)).pointer(counter).pointer(corrections)));
  }

  private void launchOne(String kernel, KernelArguments arguments) {
    launcher.launch(new Launch("adam", kernel, 1, 1, 0, arguments));
  }

  private static byte[] betas(AdamStep step) {
    return new Struct().float64(step.beta1(), step.beta2()).bytes();
  }

  /** What computes {@code 1 - beta^step} of both betas. */
  private interface Corrections {
    void writeTo(long address);
  }

  private void corrected(
      AdamStep step,
      CudaBuffer grad,
      CudaBuffer m,
      CudaBuffer v,
      CudaBuffer x,
      Corrections corrections) {
    Block written = memory.take(2 * Float.BYTES);
    List<Block> moved = new ArrayList<>();
    try {
      corrections.writeTo(written.address());
      long[] at = {lyingAs(x, grad, moved), lyingAs(x, m, moved), lyingAs(x, v, moved)};
      update(step, written.address(), at, x);
      copyBack(x, at[1], m);
      copyBack(x, at[2], v);
    } finally {
      moved.forEach(memory::give);
      memory.give(written);
    }
  }

  /** Where an array lies, or a copy of it, in the order of x. */
  private long lyingAs(CudaBuffer x, CudaBuffer array, List<Block> moved) {
    if (Elementwise.sameLayout(array, x)) {
      return array.address();
    }
    Block copy = memory.take(Float.BYTES * array.size());
    moved.add(copy);
    moves.copy(x.shape().dims(), array.address(), array.strides(), copy.address(), x.strides());
    return copy.address();
  }

  private void copyBack(CudaBuffer x, long from, CudaBuffer array) {
    if (from != array.address()) {
      moves.copy(x.shape().dims(), from, x.strides(), array.address(), array.strides());
    }
  }

  private void update(AdamStep step, long corrections, long[] gradMV, CudaBuffer x) {
    int lanes = Fours.lanes(x.size(), gradMV[0], gradMV[1], gradMV[2], x.address());
    long count = x.size() / lanes;
    byte[] constants =
        new Struct()
            .float32(step.learningRate(), step.beta1(), 1 - step.beta1())
            .float32(step.beta2(), 1 - step.beta2(), step.epsilon(), step.weightDecay())
            .bytes();
    launcher.launch(
        Launch.over(
            count,
            "adam",
            Fours.name("adam", lanes),
            new KernelArguments()
                .struct(constants)
                .pointer(corrections)
                .pointer(gradMV[0])
                .pointer(gradMV[1])
                .pointer(gradMV[2])
                .pointer(x.address())
                .int32((int) count)));
  }
}
