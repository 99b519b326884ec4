// Transposes matrices: y [matrices, columns, rows] from x [matrices, rows, columns].
//
// A block of 256 threads moves a tile of 32 x 32 through shared memory, so that neighbouring
// threads read and write neighbouring numbers; its rows are 33 long so that a column's numbers lie
// in different banks.

#include "index.cuh"

const unsigned TILE = 32;
const unsigned STEP = 8;

extern "C" __global__ void transpose(const float* x, float* y, int rows, int columns,
                                     Divisor tilesDown, Divisor tilesAcross) {
  __shared__ float tile[TILE][TILE + 1];
  unsigned block = blockIdx.x;
  unsigned left = block % tilesAcross * TILE;
  block = block / tilesAcross;
  unsigned top = block % tilesDown * TILE;
  unsigned matrix = block / tilesDown * (unsigned)rows * (unsigned)columns;
  unsigned across = threadIdx.x % TILE;
  unsigned down = threadIdx.x / TILE;
  for (unsigned d = down; d < TILE; d += STEP) {
    if (top + d < (unsigned)rows && left + across < (unsigned)columns) {
      tile[d][across] = x[matrix + (top + d) * (unsigned)columns + left + across];
    }
  }
  __syncthreads();
  for (unsigned d = down; d < TILE; d += STEP) {
    if (left + d < (unsigned)columns && top + across < (unsigned)rows) {
      y[matrix + (left + d) * (unsigned)rows + top + across] = tile[across][d];
    }
  }
}
