package dev.vitrine.engine.onednn;

/** A kernel in Winograd's form, {@code [36, in, out]}, of the rotated one where that is said. */
record WinogradKernel(boolean rotated, int in, int out, Block block) {

  /** Whether it is what a plan takes. */
  boolean fits(WinogradPlan plan) {
    return rotated == plan.rotated() && in == plan.in() && out == plan.out();
  }
}
