// Neighbouring numbers that one thread reads and writes at once: one, or four by a 16-byte access.
//
// Kernels are templates over Lanes. NAME works on single numbers; NAME_4 on fours: all its arrays
// begin at multiples of 16 bytes, and extents, strides and counts of the axis that holds the fours
// are given in fours.
#pragma once

template <int L>
struct alignas(4 * L) Lanes {
  static const int count = L;
  float v[L];
};

typedef Lanes<1> One;
typedef Lanes<4> Four;

template <class T>
__device__ inline T repeat(float value) {
  T y;
#pragma unroll
  for (int l = 0; l < T::count; l++) y.v[l] = value;
  return y;
}

// sum += weight * x
template <class T>
__device__ inline void add(T& sum, float weight, const T& x) {
#pragma unroll
  for (int l = 0; l < T::count; l++) sum.v[l] = fmaf(weight, x.v[l], sum.v[l]);
}
