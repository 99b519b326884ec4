// Folds axes of an array to one number each: sums, means, maxima.
//
// A block has columns x rows threads, both powers of two. Each column makes one number of y, each
// of its rows adds up every rows-th term of it, and a tree in shared memory adds up the rows:
// always in the same order. Where there are few numbers to make of many terms, `segments` blocks
// share the work and y takes segments x outputs partial results, to be folded again. A NaN among
// the terms is the result, of a maximum too.

#include "index.cuh"

// In the order of Java's Reduction.
enum Reduction { SUM, MEAN, MAX };

// x's elements are found by two walks, over the axes that stay and over those that are folded.
struct Fold {
  unsigned outputs;
  unsigned terms;
  unsigned columns;
  // 1 if neighbouring threads take neighbouring terms, 0 if they make neighbouring outputs.
  int rowsFirst;
  Divisor segments;
  unsigned termsPerSegment;
};

const int MOST_THREADS = 256;

__device__ inline float fold(int kind, float a, float b) {
  if (kind == MAX) return a > b || a != a ? a : b;
  return a + b;
}

extern "C" __global__ void reduce(int kind, const float* x, float* y, Axes kept, Axes folded,
                                  Fold f, float divisor) {
  __shared__ float partial[MOST_THREADS];
  unsigned rows = blockDim.x / f.columns;
  unsigned row = f.rowsFirst ? threadIdx.x & (rows - 1) : threadIdx.x / f.columns;
  unsigned column = f.rowsFirst ? threadIdx.x / rows : threadIdx.x & (f.columns - 1);
  unsigned segment = blockIdx.x % f.segments;
  unsigned output = blockIdx.x / f.segments * f.columns + column;
  float result = kind == MAX ? __int_as_float(0xff800000) : 0.0f;
  if (output < f.outputs) {
    const float* terms = x + offsets(kept, output).a;
    unsigned first = segment * f.termsPerSegment;
    unsigned end = min(first + f.termsPerSegment, f.terms);
    for (unsigned term = first + row; term < end; term += rows) {
      unsigned at = folded.rank == 1 ? term * folded.a[0] : offsets(folded, term).a;
      result = fold(kind, result, terms[at]);
    }
  }
  partial[threadIdx.x] = result;
  unsigned next = f.rowsFirst ? 1 : f.columns;
  for (unsigned half = rows / 2; half > 0; half /= 2) {
    __syncthreads();
    if (row < half) {
      float other = partial[threadIdx.x + half * next];
      partial[threadIdx.x] = fold(kind, partial[threadIdx.x], other);
    }
  }
  if (row == 0 && output < f.outputs) {
    y[segment * f.outputs + output] = partial[threadIdx.x] / divisor;
  }
}
