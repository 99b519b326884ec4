// An affine warp of images, sampled bilinearly, zero outside, and its transpose.
//
// warp: one thread per element of y (or four channels): output pixel (i, j) looks at row
// a * i + b * j + c, column d * i + e * j + f of x.
// warp_backward: one thread per element of gradX: adds up, in reading order, what the output pixels
// around the place that looks at this one took from it. `inverse` leads there, and radiusI and
// radiusJ are how far around it pixels that look here can lie, rounding included; where the map has
// no inverse they take in the whole output.

#include "index.cuh"
#include "lanes.cuh"

struct Affine {
  float a;
  float b;
  float c;
  float d;
  float e;
  float f;
};

struct Point {
  float row;
  float column;
};

// By fmaf, so that both directions get the same bits.
__device__ inline Point look(const Affine& m, unsigned i, unsigned j) {
  Point p;
  p.row = fmaf(m.a, (float)i, fmaf(m.b, (float)j, m.c));
  p.column = fmaf(m.d, (float)i, fmaf(m.e, (float)j, m.f));
  return p;
}

template <class T>
__device__ inline void warpLanes(const T* x, T* y, const Image& in, const Image& out,
                                 const Affine& map) {
  unsigned k = thread();
  if (k >= size(out)) return;
  Place p = place(out, k);
  Point point = look(map, p.h, p.w);
  float above = floorf(point.row);
  float left = floorf(point.column);
  T sum = repeat<T>(0.0f);
  for (int corner = 0; corner < 4; corner++) {
    float r = above + (float)(corner / 2);
    float s = left + (float)(corner % 2);
    if (r >= 0.0f && r < (float)in.h.divisor && s >= 0.0f && s < (float)in.w.divisor) {
      float weight = (1.0f - fabsf(point.row - r)) * (1.0f - fabsf(point.column - s));
      add(sum, weight, x[at(in, p.n, (unsigned)r, (unsigned)s, p.c)]);
    }
  }
  y[k] = sum;
}

extern "C" __global__ void warp(const One* x, One* y, Image in, Image out, Affine map) {
  warpLanes(x, y, in, out, map);
}

extern "C" __global__ void warp_4(const Four* x, Four* y, Image in, Image out, Affine map) {
  warpLanes(x, y, in, out, map);
}

// The weight with which a place between pixels takes from a pixel along one axis; 0 if it doesn't.
__device__ inline float share(float place, float pixel) {
  float below = floorf(place);
  return below == pixel || below + 1.0f == pixel ? 1.0f - fabsf(place - pixel) : 0.0f;
}

// The whole numbers within a radius of a place, from 0 to less than count.
__device__ inline unsigned firstNear(float place, float radius) {
  float first = floorf(place - radius);
  return first > 0.0f ? (unsigned)fminf(first, 2147483520.0f) : 0;
}

__device__ inline unsigned endNear(float place, float radius, unsigned count) {
  float end = ceilf(place + radius) + 1.0f;
  return end > 0.0f ? min((unsigned)fminf(end, 2147483520.0f), count) : 0;
}

template <class T>
__device__ inline void warpBackwardLanes(const T* gradY, T* gradX, const Image& in,
                                         const Image& out, const Affine& map, const Affine& inverse,
                                         float radiusI, float radiusJ) {
  unsigned k = thread();
  if (k >= size(in)) return;
  Place p = place(in, k);
  Point centre = look(inverse, p.h, p.w);
  unsigned endI = endNear(centre.row, radiusI, out.h.divisor);
  unsigned endJ = endNear(centre.column, radiusJ, out.w.divisor);
  unsigned firstJ = firstNear(centre.column, radiusJ);
  T sum = repeat<T>(0.0f);
  for (unsigned i = firstNear(centre.row, radiusI); i < endI; i++) {
    for (unsigned j = firstJ; j < endJ; j++) {
      Point point = look(map, i, j);
      float weight = share(point.row, (float)p.h) * share(point.column, (float)p.w);
      if (weight != 0.0f) add(sum, weight, gradY[at(out, p.n, i, j, p.c)]);
    }
  }
  gradX[k] = sum;
}

extern "C" __global__ void warp_backward(const One* gradY, One* gradX, Image in, Image out,
                                         Affine map, Affine inverse, float radiusI, float radiusJ) {
  warpBackwardLanes(gradY, gradX, in, out, map, inverse, radiusI, radiusJ);
}

extern "C" __global__ void warp_backward_4(const Four* gradY, Four* gradX, Image in, Image out,
                                           Affine map, Affine inverse, float radiusI,
                                           float radiusJ) {
  warpBackwardLanes(gradY, gradX, in, out, map, inverse, radiusI, radiusJ);
}
