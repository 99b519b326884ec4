// Functions of two elements.
//
// binary: y[i] = kind(a[i], b[i]), n elements (or fours).
// binary_broadcast: the i-th element of y in memory is kind of those elements of a and b that the
// walk over y's axes leads to. In fours an operand's innermost stride is 4, or 0 where one number
// stands for four; strides count single numbers.
// bias: y[i] = y[i] + bias[i / run % channels], then max(., 0) if relu is not 0; a NaN stays.

#include "index.cuh"
#include "lanes.cuh"

// In the order of Java's Binary.
enum Binary {
  ADD,
  SUBTRACT,
  MULTIPLY,
  DIVIDE,
  MAXIMUM,
  MINIMUM,
  GREATER,
  EQUAL,
  RELU_GRADIENT,
  RELU_GUIDED,
  RELU_DECONVNET
};

__device__ inline float apply(int kind, float a, float b) {
  switch (kind) {
    case ADD:
      return a + b;
    case SUBTRACT:
      return a - b;
    case MULTIPLY:
      return a * b;
    case DIVIDE:
      return a / b;
    case MAXIMUM:
      return a > b || a != a ? a : b;
    case MINIMUM:
      return a < b || a != a ? a : b;
    case GREATER:
      return a > b ? 1.0f : 0.0f;
    case EQUAL:
      return a == b ? 1.0f : 0.0f;
    case RELU_GRADIENT:
      return a > 0.0f ? b : 0.0f;
    case RELU_GUIDED:
      return a > 0.0f && b > 0.0f ? b : 0.0f;
    default:  // RELU_DECONVNET
      return b > 0.0f ? b : 0.0f;
  }
}

template <class T>
__device__ inline T apply(int kind, const T& a, const T& b) {
  T y;
#pragma unroll
  for (int l = 0; l < T::count; l++) y.v[l] = apply(kind, a.v[l], b.v[l]);
  return y;
}

template <class T>
__device__ inline void binaryLanes(int kind, const T* a, const T* b, T* y, unsigned n) {
  unsigned i = thread();
  if (i >= n) return;
  y[i] = apply(kind, a[i], b[i]);
}

extern "C" __global__ void binary(int kind, const One* a, const One* b, One* y, int n) {
  binaryLanes(kind, a, b, y, n);
}

extern "C" __global__ void binary_4(int kind, const Four* a, const Four* b, Four* y, int n) {
  binaryLanes(kind, a, b, y, n);
}

extern "C" __global__ void binary_broadcast(int kind, const float* a, const float* b, float* y,
                                            Axes axes, int n) {
  unsigned i = thread();
  if (i >= (unsigned)n) return;
  Offsets o = offsets(axes, i);
  y[i] = apply(kind, a[o.a], b[o.b]);
}

__device__ inline Four four(const float* x, unsigned stride) {
  return stride == 0 ? repeat<Four>(*x) : *reinterpret_cast<const Four*>(x);
}

extern "C" __global__ void binary_broadcast_4(int kind, const float* a, const float* b, Four* y,
                                              Axes axes, int n) {
  unsigned i = thread();
  if (i >= (unsigned)n) return;
  Offsets o = offsets(axes, i);
  y[i] = apply(kind, four(a + o.a, axes.a[0]), four(b + o.b, axes.b[0]));
}

template <class T>
__device__ inline T biased(T y, const T& bias, int relu) {
#pragma unroll
  for (int l = 0; l < T::count; l++) {
    float sum = y.v[l] + bias.v[l];
    y.v[l] = relu && sum <= 0.0f ? 0.0f : sum;
  }
  return y;
}

extern "C" __global__ void bias(One* y, const One* bias, Divisor run, Divisor channels, int relu,
                                int n) {
  unsigned i = thread();
  if (i >= (unsigned)n) return;
  y[i] = biased(y[i], bias[i / run % channels], relu);
}

// Four neighbouring channels, as in plain order.
extern "C" __global__ void bias_4(Four* y, const Four* bias, Divisor channels, int relu, int n) {
  unsigned i = thread();
  if (i >= (unsigned)n) return;
  y[i] = biased(y[i], bias[i % channels], relu);
}

// Four numbers of one channel, as in channels-first order.
extern "C" __global__ void bias_run_4(Four* y, const float* bias, Divisor run, Divisor channels,
                                      int relu, int n) {
  unsigned i = thread();
  if (i >= (unsigned)n) return;
  y[i] = biased(y[i], repeat<Four>(bias[i / run % channels]), relu);
}
