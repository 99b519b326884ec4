// Which element a thread works on, and where elements lie.
//
// An array has fewer than 2^31 elements, so 32 bits hold every index. They are unsigned: the last
// block's threads may count past 2^31. The host sends the structs; Java's records have their names.
#pragma once

// Number of this thread in the grid.
__device__ inline unsigned thread() { return blockIdx.x * blockDim.x + threadIdx.x; }

// A divisor that the host knows, so that n / d is a multiplication, for n < 2^31: Granlund and
// Montgomery, Division by Invariant Integers using Multiplication, 1994.
struct Divisor {
  unsigned divisor;
  unsigned multiplier;
  unsigned shift;
};

__device__ inline unsigned operator/(unsigned n, const Divisor& d) {
  return (__umulhi(n, d.multiplier) + n) >> d.shift;
}

__device__ inline unsigned operator%(unsigned n, const Divisor& d) { return n - n / d * d.divisor; }

// An array [n, h, w, c], stored in this order or, if channelsFirst is not 0, as [n, c, h, w].
struct Image {
  unsigned n;
  Divisor h;
  Divisor w;
  Divisor c;
  int channelsFirst;
};

struct Place {
  unsigned n;
  unsigned h;
  unsigned w;
  unsigned c;
};

__device__ inline unsigned size(const Image& a) {
  return a.n * a.h.divisor * a.w.divisor * a.c.divisor;
}

// Logical place of the i-th element in memory.
__device__ inline Place place(const Image& a, unsigned i) {
  Place p;
  if (a.channelsFirst) {
    p.w = i % a.w;
    i = i / a.w;
    p.h = i % a.h;
    i = i / a.h;
    p.c = i % a.c;
    p.n = i / a.c;
  } else {
    p.c = i % a.c;
    i = i / a.c;
    p.w = i % a.w;
    i = i / a.w;
    p.h = i % a.h;
    p.n = i / a.h;
  }
  return p;
}

// Where an element lies in memory.
__device__ inline unsigned at(const Image& a, unsigned n, unsigned h, unsigned w, unsigned c) {
  return a.channelsFirst ? ((n * a.c.divisor + c) * a.h.divisor + h) * a.w.divisor + w
                         : ((n * a.h.divisor + h) * a.w.divisor + w) * a.c.divisor + c;
}

const int MAX_AXES = 8;

// A walk over two arrays at once, innermost axis first; a and b are their strides, 0 where an array
// is repeated.
struct Axes {
  int rank;
  Divisor extents[MAX_AXES];
  unsigned a[MAX_AXES];
  unsigned b[MAX_AXES];
};

struct Offsets {
  unsigned a;
  unsigned b;
};

// Where the walk's i-th step is in each array.
__device__ inline Offsets offsets(const Axes& axes, unsigned i) {
  Offsets o = {0, 0};
#pragma unroll
  for (int axis = 0; axis < MAX_AXES; axis++) {
    if (axis >= axes.rank) break;
    unsigned coordinate = i % axes.extents[axis];
    i = i / axes.extents[axis];
    o.a += coordinate * axes.a[axis];
    o.b += coordinate * axes.b[axis];
  }
  return o;
}
