// Copies that never change a bit.
//
// copy: the i-th step of a walk copies one element (or four) of x to y; a are x's strides, b y's.
// pad: y's i-th element in memory is x's where the walk is inside x, else value; the walk's a are
// x's strides, its b where x begins along each axis, `extents` x's.

#include "index.cuh"
#include "lanes.cuh"

template <class T>
__device__ inline void copyLanes(const T* x, T* y, const Axes& axes, unsigned n) {
  unsigned i = thread();
  if (i >= n) return;
  Offsets o = offsets(axes, i);
  y[o.b] = x[o.a];
}

extern "C" __global__ void copy(const One* x, One* y, Axes axes, int n) {
  copyLanes(x, y, axes, n);
}

extern "C" __global__ void copy_4(const Four* x, Four* y, Axes axes, int n) {
  copyLanes(x, y, axes, n);
}

struct Extents {
  unsigned extents[MAX_AXES];
};

template <class T>
__device__ inline void padLanes(const T* x, T* y, const Axes& axes, const Extents& within,
                                float value, unsigned n) {
  unsigned i = thread();
  if (i >= n) return;
  unsigned rest = i;
  unsigned from = 0;
  bool inside = true;
#pragma unroll
  for (int axis = 0; axis < MAX_AXES; axis++) {
    if (axis >= axes.rank) break;
    // Before x begins the difference is negative: as an unsigned number larger than any extent.
    unsigned coordinate = rest % axes.extents[axis] - axes.b[axis];
    rest = rest / axes.extents[axis];
    inside = inside && coordinate < within.extents[axis];
    from += coordinate * axes.a[axis];
  }
  if (inside) {
    y[i] = x[from];
  } else {
    y[i] = repeat<T>(value);
  }
}

extern "C" __global__ void pad(const One* x, One* y, Axes axes, Extents within, float value,
                               int n) {
  padLanes(x, y, axes, within, value, n);
}

extern "C" __global__ void pad_4(const Four* x, Four* y, Axes axes, Extents within, float value,
                                 int n) {
  padLanes(x, y, axes, within, value, n);
}
