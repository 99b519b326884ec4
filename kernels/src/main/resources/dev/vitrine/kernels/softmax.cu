// y = exp(x - max) / sum of exp(x - max) over the classes of each row.
//
// Classes lie `inner` elements apart, and so many rows lie side by side: 1 if the array is plain.
// softmax has a block for each row and folds by a tree in shared memory; softmax_row has a thread
// for each row and is for few classes.

#include "index.cuh"

const int MOST_THREADS = 256;

// A NaN is larger than any number.
__device__ inline float larger(float a, float b) { return a > b || a != a ? a : b; }

__device__ inline unsigned begin(unsigned row, unsigned classes, const Divisor& inner) {
  return row / inner * classes * inner.divisor + row % inner;
}

extern "C" __global__ void softmax(const float* x, float* y, int classes, Divisor inner) {
  __shared__ float partial[MOST_THREADS];
  unsigned count = classes;
  unsigned start = begin(blockIdx.x, count, inner);
  float max = __int_as_float(0xff800000);
  for (unsigned k = threadIdx.x; k < count; k += blockDim.x) {
    max = larger(max, x[start + k * inner.divisor]);
  }
  partial[threadIdx.x] = max;
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) {
      partial[threadIdx.x] = larger(partial[threadIdx.x], partial[threadIdx.x + half]);
    }
  }
  __syncthreads();
  max = partial[0];
  __syncthreads();  // before the sums overwrite it
  float sum = 0.0f;
  for (unsigned k = threadIdx.x; k < count; k += blockDim.x) {
    sum += expf(x[start + k * inner.divisor] - max);
  }
  partial[threadIdx.x] = sum;
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) partial[threadIdx.x] += partial[threadIdx.x + half];
  }
  __syncthreads();
  sum = partial[0];
  for (unsigned k = threadIdx.x; k < count; k += blockDim.x) {
    y[start + k * inner.divisor] = expf(x[start + k * inner.divisor] - max) / sum;
  }
}
