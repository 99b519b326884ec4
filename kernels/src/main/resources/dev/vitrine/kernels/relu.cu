// ReLU and what flows back through it.
//
// relu_forward:   y[i] = max(x[i], 0); a NaN passes through, -0 becomes 0. x and y may be the same.
// relu_backward:  dx[i] = dy[i] where x[i] > 0, else 0: the slope at 0 is 0. x may be the output.
// relu_guided:    dx[i] = dy[i] where x[i] > 0 and dy[i] > 0, else 0.
// relu_deconvnet: dx[i] = dy[i] where dy[i] > 0, else 0.
// One thread per element (or four of them), n elements; threads past the end do nothing.

#include "index.cuh"
#include "lanes.cuh"

__device__ inline float forward(float x) { return x <= 0.0f ? 0.0f : x; }

__device__ inline float backward(float x, float dy) { return x > 0.0f ? dy : 0.0f; }

__device__ inline float guided(float x, float dy) { return x > 0.0f && dy > 0.0f ? dy : 0.0f; }

__device__ inline float deconvnet(float dy) { return dy > 0.0f ? dy : 0.0f; }

extern "C" __global__ void relu_forward(const float* x, float* y, long long n) {
  unsigned i = thread();
  if (i >= n) return;
  y[i] = forward(x[i]);
}

extern "C" __global__ void relu_forward_4(const Four* x, Four* y, long long n) {
  unsigned i = thread();
  if (i >= n) return;
  Four a = x[i];
  for (int l = 0; l < 4; l++) a.v[l] = forward(a.v[l]);
  y[i] = a;
}

extern "C" __global__ void relu_backward(const float* x, const float* dy, float* dx, long long n) {
  unsigned i = thread();
  if (i >= n) return;
  dx[i] = backward(x[i], dy[i]);
}

extern "C" __global__ void relu_backward_4(const Four* x, const Four* dy, Four* dx, long long n) {
  unsigned i = thread();
  if (i >= n) return;
  Four a = x[i];
  Four b = dy[i];
  for (int l = 0; l < 4; l++) b.v[l] = backward(a.v[l], b.v[l]);
  dx[i] = b;
}

extern "C" __global__ void relu_guided(const float* x, const float* dy, float* dx, long long n) {
  unsigned i = thread();
  if (i >= n) return;
  dx[i] = guided(x[i], dy[i]);
}

extern "C" __global__ void relu_guided_4(const Four* x, const Four* dy, Four* dx, long long n) {
  unsigned i = thread();
  if (i >= n) return;
  Four a = x[i];
  Four b = dy[i];
  for (int l = 0; l < 4; l++) b.v[l] = guided(a.v[l], b.v[l]);
  dx[i] = b;
}

extern "C" __global__ void relu_deconvnet(const float* dy, float* dx, long long n) {
  unsigned i = thread();
  if (i >= n) return;
  dx[i] = deconvnet(dy[i]);
}

extern "C" __global__ void relu_deconvnet_4(const Four* dy, Four* dx, long long n) {
  unsigned i = thread();
  if (i >= n) return;
  Four b = dy[i];
  for (int l = 0; l < 4; l++) b.v[l] = deconvnet(b.v[l]);
  dx[i] = b;
}
