// Convolution without bias by plain loops, in its three directions, for what cuDNN has no
// algorithm.
//
// y[n,i,j,o] = sum over p,q,c of x[n, i*stride + p*dilation - pad, ..., c] * kernel[p,q,c,o]
// One thread per element of the result, sums in reading order. The kernel [kernelH, kernelW,
// in / groups, out] may lie in any order.

#include "window.cuh"

// How far apart the kernel's elements lie along each axis.
struct Strides {
  unsigned h;
  unsigned w;
  unsigned in;
  unsigned out;
};

struct Groups {
  Divisor in;   // input channels of a group
  Divisor out;  // output channels of a group
};

extern "C" __global__ void convolution(const float* x, const float* kernel, float* y, Image in,
                                       Image out, Window w, Groups g, Strides lie) {
  unsigned k = thread();
  if (k >= size(out)) return;
  Place p = place(out, k);
  Range rows = inside(p.h, w.strideH.divisor, w.padTop, w.dilationH, w.kernelH, in.h.divisor);
  Range columns = inside(p.w, w.strideW.divisor, w.padLeft, w.dilationW, w.kernelW, in.w.divisor);
  int top = (int)(p.h * w.strideH.divisor) - w.padTop;
  int left = (int)(p.w * w.strideW.divisor) - w.padLeft;
  unsigned firstChannel = p.c / g.out * g.in.divisor;
  float sum = 0.0f;
  for (int r = rows.first; r <= rows.last; r++) {
    for (int s = columns.first; s <= columns.last; s++) {
      unsigned row = top + r * (int)w.dilationH.divisor;
      unsigned column = left + s * (int)w.dilationW.divisor;
      unsigned weight = r * lie.h + s * lie.w + p.c * lie.out;
      for (unsigned c = 0; c < g.in.divisor; c++) {
        float v = x[at(in, p.n, row, column, firstChannel + c)];
        sum = fmaf(v, kernel[weight + c * lie.in], sum);
      }
    }
  }
  y[k] = sum;
}

extern "C" __global__ void convolution_backward_data(const float* gradY, const float* kernel,
                                                     float* gradX, Image in, Image out, Window w,
                                                     Groups g, Strides lie) {
  unsigned k = thread();
  if (k >= size(in)) return;
  Place p = place(in, k);
  Range rows = seeing(p.h, w.strideH, w.padTop, w.dilationH.divisor, w.kernelH, out.h.divisor);
  Range columns = seeing(p.w, w.strideW, w.padLeft, w.dilationW.divisor, w.kernelW, out.w.divisor);
  unsigned firstOutput = p.c / g.in * g.out.divisor;
  float sum = 0.0f;
  for (int i = rows.first; i <= rows.last; i++) {
    int r = element(p.h, i, w.strideH.divisor, w.padTop, w.dilationH);
    if (r < 0) continue;
    for (int j = columns.first; j <= columns.last; j++) {
      int s = element(p.w, j, w.strideW.divisor, w.padLeft, w.dilationW);
      if (s < 0) continue;
      unsigned weight = r * lie.h + s * lie.w + p.c % g.in * lie.in;
      for (unsigned o = firstOutput; o < firstOutput + g.out.divisor; o++) {
        sum = fmaf(gradY[at(out, p.n, i, j, o)], kernel[weight + o * lie.out], sum);
      }
    }
  }
  gradX[k] = sum;
}

extern "C" __global__ void convolution_backward_weights(const float* x, const float* gradY,
                                                        float* gradKernel, Image in, Image out,
                                                        Window w, Groups g, Strides lie,
                                                        Divisor kernelW, int n) {
  unsigned k = thread();
  if (k >= (unsigned)n) return;
  unsigned o = k % out.c;
  unsigned rest = k / out.c;
  unsigned c = rest % g.in;
  rest = rest / g.in;
  unsigned channel = o / g.out * g.in.divisor + c;
  int s = (int)(rest % kernelW);
  int r = (int)(rest / kernelW);
  float sum = 0.0f;
  for (unsigned image = 0; image < in.n; image++) {
    for (unsigned i = 0; i < out.h.divisor; i++) {
      int row = (int)(i * w.strideH.divisor + r * w.dilationH.divisor) - w.padTop;
      if (row < 0 || row >= (int)in.h.divisor) continue;
      for (unsigned j = 0; j < out.w.divisor; j++) {
        int column = (int)(j * w.strideW.divisor + s * w.dilationW.divisor) - w.padLeft;
        if (column < 0 || column >= (int)in.w.divisor) continue;
        float v = x[at(in, image, row, column, channel)];
        sum = fmaf(v, gradY[at(out, image, i, j, o)], sum);
      }
    }
  }
  gradKernel[r * lie.h + s * lie.w + c * lie.in + o * lie.out] = sum;
}
