// One step of Adam (Kingma and Ba, 2015; L2 weight decay as PyTorch's) in place.
//
// g = grad + weightDecay * x;  m = beta1 * m + (1 - beta1) * g;  v = beta2 * v + (1 - beta2) * g*g
// x = x - learningRate * (m / corrections[0]) / (sqrt(v / corrections[1]) + epsilon)
// One thread per element (or four), n of them. Before it one thread of adam_corrections writes
// 1 - beta^step of both betas, in double; adam_next_corrections counts the step up in memory first,
// so that a recorded one is a step further each time.

#include "index.cuh"
#include "lanes.cuh"

struct Step {
  float learningRate;
  float beta1;
  float complement1;
  float beta2;
  float complement2;
  float epsilon;
  float weightDecay;
};

struct Betas {
  double beta1;
  double beta2;
};

template <class T>
__device__ inline void adamLanes(const Step& s, const float* corrections, const T* grad, T* m, T* v,
                                 T* x, unsigned n) {
  unsigned i = thread();
  if (i >= n) return;
  T gs = grad[i];
  T ms = m[i];
  T vs = v[i];
  T xs = x[i];
  float correctionM = corrections[0];
  float correctionV = corrections[1];
#pragma unroll
  for (int l = 0; l < T::count; l++) {
    float g = fmaf(s.weightDecay, xs.v[l], gs.v[l]);
    ms.v[l] = fmaf(s.beta1, ms.v[l], s.complement1 * g);
    vs.v[l] = fmaf(s.beta2, vs.v[l], s.complement2 * g * g);
    float root = sqrtf(vs.v[l] / correctionV) + s.epsilon;
    xs.v[l] -= s.learningRate * (ms.v[l] / correctionM) / root;
  }
  m[i] = ms;
  v[i] = vs;
  x[i] = xs;
}

extern "C" __global__ void adam(Step step, const float* corrections, const One* grad, One* m,
                                One* v, One* x, int n) {
  adamLanes(step, corrections, grad, m, v, x, n);
}

extern "C" __global__ void adam_4(Step step, const float* corrections, const Four* grad, Four* m,
                                  Four* v, Four* x, int n) {
  adamLanes(step, corrections, grad, m, v, x, n);
}

__device__ inline double power(double base, int exponent) {
  double result = 1.0;
  for (int e = exponent; e > 0; e /= 2) {
    if (e % 2 == 1) result = __dmul_rn(result, base);
    base = __dmul_rn(base, base);
  }
  return result;
}

__device__ inline void correct(const Betas& betas, int step, float* corrections) {
  corrections[0] = (float)__dsub_rn(1.0, power(betas.beta1, step));
  corrections[1] = (float)__dsub_rn(1.0, power(betas.beta2, step));
}

extern "C" __global__ void adam_corrections(Betas betas, int step, float* corrections) {
  if (thread() == 0) correct(betas, step, corrections);
}

extern "C" __global__ void adam_next_corrections(Betas betas, int* step, float* corrections) {
  if (thread() == 0) correct(betas, ++*step, corrections);
}
