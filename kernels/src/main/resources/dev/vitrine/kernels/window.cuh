// The geometry of a sliding window: output row i sees the rows i * stride - pad + p * dilation.
#pragma once

#include "index.cuh"

struct Window {
  int kernelH;
  int kernelW;
  Divisor strideH;
  Divisor strideW;
  Divisor dilationH;
  Divisor dilationW;
  int padTop;
  int padLeft;
};

// Numbers first .. last; none if last < first.
struct Range {
  int first;
  int last;
};

// Which of the kernel's elements lie inside an axis of the image for the output's i-th place. Its
// first element lies at i * stride - pad.
__device__ inline Range inside(int i, int stride, int pad, const Divisor& dilation, int kernel,
                               int extent) {
  int start = i * stride - pad;
  int step = (int)dilation.divisor;
  Range r;
  r.first = start >= 0 ? 0 : (int)((unsigned)(-start + step - 1) / dilation);
  int room = extent - 1 - start;
  r.last = room < 0 ? -1 : min(kernel - 1, (int)((unsigned)room / dilation));
  return r;
}

// Which of the output's places may see a place of the image.
__device__ inline Range seeing(int place, const Divisor& stride, int pad, int dilation, int kernel,
                               int outputs) {
  int reach = place + pad;
  int behind = reach - (kernel - 1) * dilation;
  Range r;
  r.first = behind <= 0 ? 0 : (int)((unsigned)(behind + (int)stride.divisor - 1) / stride);
  r.last = min(outputs - 1, (int)((unsigned)reach / stride));
  return r;
}

// With which of the kernel's elements the output's i-th place sees a place of the image; -1 if the
// dilation passes over it. The output's place is one of those that seeing() gives.
__device__ inline int element(int place, int i, int stride, int pad, const Divisor& dilation) {
  unsigned distance = (unsigned)(place + pad - i * stride);
  unsigned p = distance / dilation;
  return p * dilation.divisor == distance ? (int)p : -1;
}
