// ReLU and its derivative.
//
// relu_forward:  y[i] = max(x[i], 0); a NaN passes through, -0 becomes 0. x and y may be the same.
// relu_backward: dx[i] = dy[i] where x[i] > 0, else 0: the slope at 0 is 0.
// One thread per element, n elements; threads past the end do nothing.

extern "C" __global__ void relu_forward(const float* x, float* y, long long n) {
  long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float v = x[i];
  y[i] = v <= 0.0f ? 0.0f : v;
}

extern "C" __global__ void relu_backward(const float* x, const float* dy, float* dx, long long n) {
  long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  dx[i] = x[i] > 0.0f ? dy[i] : 0.0f;
}
