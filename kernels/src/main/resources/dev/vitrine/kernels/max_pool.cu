// Max pooling, and the way back through its switches.
//
// max_pool: one thread per element of y (or four channels); the first maximum in reading order
// wins, a NaN is larger than any number. max_pool_bytes and max_pool_ints also keep which of the
// window's elements it was, row * kernelW + column, padding counted.
// max_pool_backward_...: one thread per element of gradX; the sum, in reading order, of the
// gradients whose windows chose this element.

#include "lanes.cuh"
#include "window.cuh"

// The switches of a thread's channels; none are kept in Nothing.
template <class S, int L>
struct alignas(sizeof(S) * L) Switches {
  S v[L];
};

typedef Switches<unsigned char, 1> Byte;
typedef Switches<unsigned char, 4> FourBytes;
typedef Switches<int, 1> Int;
typedef Switches<int, 4> FourInts;

struct Nothing {};

template <class S, int L>
__device__ inline void keep(Switches<S, L>* switches, unsigned i, const int* winners) {
  Switches<S, L> kept;
#pragma unroll
  for (int l = 0; l < L; l++) kept.v[l] = (S)winners[l];
  switches[i] = kept;
}

__device__ inline void keep(Nothing*, unsigned, const int*) {}

template <class S, class T>
__device__ inline void maxPool(const T* x, S* switches, T* y, const Image& in, const Image& out,
                               const Image& kept, const Window& w) {
  unsigned i = thread();
  if (i >= size(out)) return;
  Place p = place(out, i);
  int top = (int)(p.h * w.strideH.divisor) - w.padTop;
  int left = (int)(p.w * w.strideW.divisor) - w.padLeft;
  Range rows = inside(p.h, w.strideH.divisor, w.padTop, w.dilationH, w.kernelH, in.h.divisor);
  Range columns = inside(p.w, w.strideW.divisor, w.padLeft, w.dilationW, w.kernelW, in.w.divisor);
  T best = repeat<T>(0.0f);
  int winners[T::count] = {};
  bool first = true;
  for (int r = rows.first; r <= rows.last; r++) {
    for (int c = columns.first; c <= columns.last; c++) {
      unsigned row = top + r * (int)w.dilationH.divisor;
      unsigned column = left + c * (int)w.dilationW.divisor;
      T v = x[at(in, p.n, row, column, p.c)];
#pragma unroll
      for (int l = 0; l < T::count; l++) {
        bool nan = v.v[l] != v.v[l] && best.v[l] == best.v[l];
        bool wins = first || v.v[l] > best.v[l] || nan;
        best.v[l] = wins ? v.v[l] : best.v[l];
        winners[l] = wins ? r * w.kernelW + c : winners[l];
      }
      first = false;
    }
  }
  y[i] = best;
  keep(switches, at(kept, p.n, p.h, p.w, p.c), winners);
}

extern "C" __global__ void max_pool(const One* x, One* y, Image in, Image out, Window w) {
  maxPool(x, (Nothing*)0, y, in, out, out, w);
}

extern "C" __global__ void max_pool_4(const Four* x, Four* y, Image in, Image out, Window w) {
  maxPool(x, (Nothing*)0, y, in, out, out, w);
}

extern "C" __global__ void max_pool_bytes(const One* x, Byte* switches, One* y, Image in, Image out,
                                          Image kept, Window w) {
  maxPool(x, switches, y, in, out, kept, w);
}

extern "C" __global__ void max_pool_bytes_4(const Four* x, FourBytes* switches, Four* y, Image in,
                                            Image out, Image kept, Window w) {
  maxPool(x, switches, y, in, out, kept, w);
}

extern "C" __global__ void max_pool_ints(const One* x, Int* switches, One* y, Image in, Image out,
                                         Image kept, Window w) {
  maxPool(x, switches, y, in, out, kept, w);
}

extern "C" __global__ void max_pool_ints_4(const Four* x, FourInts* switches, Four* y, Image in,
                                           Image out, Image kept, Window w) {
  maxPool(x, switches, y, in, out, kept, w);
}

template <class S, class T>
__device__ inline void maxPoolBackward(const T* gradY, const S* switches, T* gradX, const Image& in,
                                       const Image& out, const Image& kept, const Window& w) {
  unsigned k = thread();
  if (k >= size(in)) return;
  Place p = place(in, k);
  Range rows = seeing(p.h, w.strideH, w.padTop, w.dilationH.divisor, w.kernelH, out.h.divisor);
  Range columns = seeing(p.w, w.strideW, w.padLeft, w.dilationW.divisor, w.kernelW, out.w.divisor);
  T sum = repeat<T>(0.0f);
  for (int i = rows.first; i <= rows.last; i++) {
    int r = element(p.h, i, w.strideH.divisor, w.padTop, w.dilationH);
    if (r < 0) continue;
    for (int j = columns.first; j <= columns.last; j++) {
      int c = element(p.w, j, w.strideW.divisor, w.padLeft, w.dilationW);
      if (c < 0) continue;
      T g = gradY[at(out, p.n, i, j, p.c)];
      S chosen = switches[at(kept, p.n, i, j, p.c)];
#pragma unroll
      for (int l = 0; l < T::count; l++) {
        if ((int)chosen.v[l] == r * w.kernelW + c) sum.v[l] += g.v[l];
      }
    }
  }
  gradX[k] = sum;
}

extern "C" __global__ void max_pool_backward_bytes(const One* gradY, const Byte* switches,
                                                   One* gradX, Image in, Image out, Image kept,
                                                   Window w) {
  maxPoolBackward(gradY, switches, gradX, in, out, kept, w);
}

extern "C" __global__ void max_pool_backward_bytes_4(const Four* gradY, const FourBytes* switches,
                                                     Four* gradX, Image in, Image out, Image kept,
                                                     Window w) {
  maxPoolBackward(gradY, switches, gradX, in, out, kept, w);
}

extern "C" __global__ void max_pool_backward_ints(const One* gradY, const Int* switches, One* gradX,
                                                  Image in, Image out, Image kept, Window w) {
  maxPoolBackward(gradY, switches, gradX, in, out, kept, w);
}

extern "C" __global__ void max_pool_backward_ints_4(const Four* gradY, const FourInts* switches,
                                                    Four* gradX, Image in, Image out, Image kept,
                                                    Window w) {
  maxPoolBackward(gradY, switches, gradX, in, out, kept, w);
}
