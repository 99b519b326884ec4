// Kernels that are wrong on purpose: the tests see that the player notices.

#include "index.cuh"
#include "lanes.cuh"

// Writes one element too many: > for >=.
extern "C" __global__ void writes_past_the_end(float* y, int n) {
  unsigned i = thread();
  if (i > (unsigned)n) return;
  y[i] = 1.0f;
}

// Reads before the beginning.
extern "C" __global__ void reads_before_the_beginning(const float* x, float* y) {
  if (thread() == 0) y[0] = x[-1];
}

// Takes fours wherever x begins.
extern "C" __global__ void reads_fours(const Four* x, Four* y) {
  if (thread() == 0) y[0] = x[0];
}

// Has each thread read what its neighbour writes, without a barrier in between.
extern "C" __global__ void reads_what_is_not_written_yet(float* y) {
  __shared__ float values[64];
  values[threadIdx.x] = (float)threadIdx.x;
  if (y == 0) __syncthreads();
  y[threadIdx.x] = values[(threadIdx.x + 1) % blockDim.x];
}

// Lets half of the threads go before the others wait for them.
extern "C" __global__ void leaves_before_the_barrier(float* y) {
  if (threadIdx.x >= blockDim.x / 2) return;
  __syncthreads();
  y[threadIdx.x] = 1.0f;
}
