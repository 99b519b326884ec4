// Resamples one axis of an array [outer, in, inner] by taps: y [outer, out, inner].
//
// y[o, i, k] = sum over t in starts[i] .. starts[i + 1] - 1 of weights[t] * x[o, indices[t], k]
// One thread per element of y (or four of inner's). With transposed taps it is the transpose.

#include "index.cuh"
#include "lanes.cuh"

template <class T>
__device__ inline void resampleLanes(const T* x, T* y, const int* starts, const int* indices,
                                     const float* weights, unsigned in, const Divisor& out,
                                     const Divisor& inner, unsigned n) {
  unsigned e = thread();
  if (e >= n) return;
  unsigned k = e % inner;
  unsigned row = e / inner;
  unsigned i = row % out;
  const T* from = x + row / out * in * inner.divisor + k;
  T sum = repeat<T>(0.0f);
  int end = starts[i + 1];
  for (int t = starts[i]; t < end; t++) {
    add(sum, weights[t], from[(unsigned)indices[t] * inner.divisor]);
  }
  y[e] = sum;
}

extern "C" __global__ void resample(const One* x, One* y, const int* starts, const int* indices,
                                    const float* weights, int in, Divisor out, Divisor inner,
                                    int n) {
  resampleLanes(x, y, starts, indices, weights, in, out, inner, n);
}

extern "C" __global__ void resample_4(const Four* x, Four* y, const int* starts, const int* indices,
                                      const float* weights, int in, Divisor out, Divisor inner,
                                      int n) {
  resampleLanes(x, y, starts, indices, weights, in, out, inner, n);
}
