// y = exp(x - max) / sum of exp(x - max) over the classes of each row, for few classes: one thread
// per row. See softmax.cu for where rows and classes lie.

#include "index.cuh"

extern "C" __global__ void softmax_row(const float* x, float* y, int rows, int classes,
                                       Divisor inner) {
  unsigned row = thread();
  if (row >= (unsigned)rows) return;
  unsigned step = inner.divisor;
  unsigned start = row / inner * (unsigned)classes * step + row % inner;
  float max = x[start];
  for (int k = 1; k < classes; k++) {
    float v = x[start + k * step];
    max = max > v || max != max ? max : v;
  }
  float sum = 0.0f;
  for (int k = 0; k < classes; k++) sum += expf(x[start + k * step] - max);
  for (int k = 0; k < classes; k++) y[start + k * step] = expf(x[start + k * step] - max) / sum;
}
