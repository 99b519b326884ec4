// Functions of single elements.
//
// unary: y[i] = kind(x[i]) with the numbers alpha and beta of the kind, n elements (or fours).
// A NaN passes through all but STEP. fill: y[i] = value.

#include "index.cuh"
#include "lanes.cuh"

// In the order of Java's Unary.
enum Unary {
  LINEAR,
  RELU,
  LEAKY_RELU,
  ELU,
  CLIP,
  STEP,
  SIGN,
  ABS,
  EXP,
  LOG,
  POWER,
  SQRT,
  SQUARE,
  SIGMOID,
  TANH,
  SOFTPLUS,
  SILU,
  ERF,
  GELU
};

__device__ inline float clip(float x, float low, float high) {
  float raised = x < low ? low : x;
  return raised > high ? high : raised;
}

__device__ inline float apply(int kind, float alpha, float beta, float x) {
  switch (kind) {
    case LINEAR:
      return fmaf(alpha, x, beta);
    case RELU:
      return x <= 0.0f ? 0.0f : x;
    case LEAKY_RELU:
      return x > 0.0f ? x : alpha * x;
    case ELU:
      return x > 0.0f ? x : alpha * expm1f(x);
    case CLIP:
      return clip(x, alpha, beta);
    case STEP:
      return x > alpha ? 1.0f : 0.0f;
    case SIGN:
      return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x;
    case ABS:
      return fabsf(x);
    case EXP:
      return expf(x);
    case LOG:
      return logf(x);
    case POWER:
      return powf(x, alpha);
    case SQRT:
      return sqrtf(x);
    case SQUARE:
      return x * x;
    case SIGMOID:
      return 1.0f / (1.0f + expf(-x));
    case TANH:
      return tanhf(x);
    case SOFTPLUS:
      return (x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x)));
    case SILU:
      return x / (1.0f + expf(-x));
    case ERF:
      return erff(x);
    default:  // GELU; 1 + erf(z) is erfc(-z), which keeps its digits where it is small
      return 0.5f * x * erfcf(-0.70710678118654752f * x);
  }
}

template <class T>
__device__ inline void unaryLanes(int kind, float alpha, float beta, const T* x, T* y, unsigned n) {
  unsigned i = thread();
  if (i >= n) return;
  T a = x[i];
#pragma unroll
  for (int l = 0; l < T::count; l++) a.v[l] = apply(kind, alpha, beta, a.v[l]);
  y[i] = a;
}

extern "C" __global__ void unary(int kind, float alpha, float beta, const One* x, One* y, int n) {
  unaryLanes(kind, alpha, beta, x, y, n);
}

extern "C" __global__ void unary_4(int kind, float alpha, float beta, const Four* x, Four* y,
                                   int n) {
  unaryLanes(kind, alpha, beta, x, y, n);
}

extern "C" __global__ void fill(One* y, float value, int n) {
  unsigned i = thread();
  if (i >= (unsigned)n) return;
  y[i] = repeat<One>(value);
}

extern "C" __global__ void fill_4(Four* y, float value, int n) {
  unsigned i = thread();
  if (i >= (unsigned)n) return;
  y[i] = repeat<Four>(value);
}
