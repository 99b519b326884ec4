// Average pooling, whose padding isn't counted, and its transpose.
//
// average_pool: one thread per element of y (or four channels).
// average_pool_backward: one thread per element of gradX; the sum, in reading order, of the
// gradients of the windows that see it, each divided by the number of elements in its window.

#include "lanes.cuh"
#include "window.cuh"

__device__ inline int length(const Range& r) { return r.last - r.first + 1; }

__device__ inline Range rowsInside(int i, const Image& in, const Window& w) {
  return inside(i, w.strideH.divisor, w.padTop, w.dilationH, w.kernelH, in.h.divisor);
}

__device__ inline Range columnsInside(int j, const Image& in, const Window& w) {
  return inside(j, w.strideW.divisor, w.padLeft, w.dilationW, w.kernelW, in.w.divisor);
}

template <class T>
__device__ inline void averagePool(const T* x, T* y, const Image& in, const Image& out,
                                   const Window& w) {
  unsigned i = thread();
  if (i >= size(out)) return;
  Place p = place(out, i);
  int top = (int)(p.h * w.strideH.divisor) - w.padTop;
  int left = (int)(p.w * w.strideW.divisor) - w.padLeft;
  Range rows = rowsInside(p.h, in, w);
  Range columns = columnsInside(p.w, in, w);
  T sum = repeat<T>(0.0f);
  for (int r = rows.first; r <= rows.last; r++) {
    for (int c = columns.first; c <= columns.last; c++) {
      unsigned row = top + r * (int)w.dilationH.divisor;
      unsigned column = left + c * (int)w.dilationW.divisor;
      add(sum, 1.0f, x[at(in, p.n, row, column, p.c)]);
    }
  }
  float count = (float)length(rows) * (float)length(columns);
#pragma unroll
  for (int l = 0; l < T::count; l++) sum.v[l] /= count;
  y[i] = sum;
}

extern "C" __global__ void average_pool(const One* x, One* y, Image in, Image out, Window w) {
  averagePool(x, y, in, out, w);
}

extern "C" __global__ void average_pool_4(const Four* x, Four* y, Image in, Image out, Window w) {
  averagePool(x, y, in, out, w);
}

template <class T>
__device__ inline void averagePoolBackward(const T* gradY, T* gradX, const Image& in,
                                           const Image& out, const Window& w) {
  unsigned k = thread();
  if (k >= size(in)) return;
  Place p = place(in, k);
  Range rows = seeing(p.h, w.strideH, w.padTop, w.dilationH.divisor, w.kernelH, out.h.divisor);
  Range columns = seeing(p.w, w.strideW, w.padLeft, w.dilationW.divisor, w.kernelW, out.w.divisor);
  T sum = repeat<T>(0.0f);
  for (int i = rows.first; i <= rows.last; i++) {
    if (element(p.h, i, w.strideH.divisor, w.padTop, w.dilationH) < 0) continue;
    float height = (float)length(rowsInside(i, in, w));
    for (int j = columns.first; j <= columns.last; j++) {
      if (element(p.w, j, w.strideW.divisor, w.padLeft, w.dilationW) < 0) continue;
      float count = height * (float)length(columnsInside(j, in, w));
      T g = gradY[at(out, p.n, i, j, p.c)];
#pragma unroll
      for (int l = 0; l < T::count; l++) sum.v[l] += g.v[l] / count;
    }
  }
  gradX[k] = sum;
}

extern "C" __global__ void average_pool_backward(const One* gradY, One* gradX, Image in, Image out,
                                                 Window w) {
  averagePoolBackward(gradY, gradX, in, out, w);
}

extern "C" __global__ void average_pool_backward_4(const Four* gradY, Four* gradX, Image in,
                                                   Image out, Window w) {
  averagePoolBackward(gradY, gradX, in, out, w);
}
