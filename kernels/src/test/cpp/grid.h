// Plays the grid of a CUDA launch on the CPU: what .cu files ask of nvcc, for g++.
//
// Blocks run one after the other, and so do a block's threads, but where a kernel may ask for a
// barrier: there each is a thread of its own and meets the others at a std::barrier.
#pragma once

#include <barrier>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#define __global__
#define __device__
#define __shared__ static

struct dim3 {
  unsigned x;
  unsigned y;
  unsigned z;
};

inline thread_local dim3 threadIdx;
inline thread_local dim3 blockIdx;
inline dim3 blockDim = {1, 1, 1};
inline dim3 gridDim = {1, 1, 1};

inline int min(int a, int b) { return a < b ? a : b; }
inline unsigned min(unsigned a, unsigned b) { return a < b ? a : b; }
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((uint64_t)a * b >> 32); }
inline double __dmul_rn(double a, double b) { return a * b; }
inline double __dsub_rn(double a, double b) { return a - b; }

inline float __int_as_float(int bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

namespace grid {

[[noreturn]] inline void stop(const char* what) {
  std::fprintf(stderr, "grid: %s\n", what);
  std::exit(3);
}

// Where the threads of a block meet. All of them have to come to the same line: a thread that has
// returned, or has taken another branch, would leave a card's block waiting for ever.
class Meeting {
 public:
  explicit Meeting(unsigned threads) : lines(threads), barrier(threads, Check{this}) {}

  void wait(int line) {
    lines[threadIdx.x] = line;
    barrier.arrive_and_wait();
  }

 private:
  struct Check {
    Meeting* meeting;
    void operator()() noexcept {
      for (int line : meeting->lines) {
        if (line != meeting->lines[0]) stop("a barrier is not reached by all threads of a block");
      }
    }
  };

  std::vector<int> lines;
  std::barrier<Check> barrier;
};

inline Meeting* meeting = nullptr;

inline void synchronize(int line) {
  if (meeting == nullptr) stop("a barrier where the block's threads run one after the other");
  meeting->wait(line);
}

inline const int END_OF_BLOCK = 0;

// Threads that play the threads of a block, the t-th always the t-th, kept from launch to launch:
// to make them takes longer than most kernels do.
class Crew {
 public:
  void run(unsigned count, const std::function<void(unsigned)>& work) {
    while (size < count) std::thread(&Crew::live, this, size++).detach();
    std::unique_lock<std::mutex> lock(mutex);
    task = &work;
    members = count;
    working = count;
    round++;
    start.notify_all();
    done.wait(lock, [this] { return working == 0; });
  }

 private:
  void live(unsigned t) {
    std::unique_lock<std::mutex> lock(mutex);
    for (unsigned long seen = 0;; seen = round) {
      start.wait(lock, [this, t, seen] { return round > seen && t < members; });
      lock.unlock();
      (*task)(t);
      lock.lock();
      if (--working == 0) done.notify_one();
    }
  }

  std::mutex mutex;
  std::condition_variable start;
  std::condition_variable done;
  const std::function<void(unsigned)>* task = nullptr;
  unsigned size = 0;
  unsigned members = 0;
  unsigned working = 0;
  unsigned long round = 0;
};

inline Crew& crew = *new Crew();  // never deleted: its threads wait for work to the end

inline void runThreads(const std::function<void()>& kernel) {
  Meeting all(blockDim.x);
  meeting = &all;
  crew.run(blockDim.x, [&kernel](unsigned t) {
    threadIdx = {t, 0, 0};
    for (unsigned b = 0; b < gridDim.x; b++) {
      blockIdx = {b, 0, 0};
      kernel();
      meeting->wait(END_OF_BLOCK);
    }
  });
  meeting = nullptr;
}

inline void runLoops(const std::function<void()>& kernel) {
  for (unsigned b = 0; b < gridDim.x; b++) {
    blockIdx = {b, 0, 0};
    for (unsigned t = 0; t < blockDim.x; t++) {
      threadIdx = {t, 0, 0};
      kernel();
    }
  }
}

inline void run(unsigned blocks, unsigned threads, bool barriers,
                const std::function<void()>& kernel) {
  gridDim = {blocks, 1, 1};
  blockDim = {threads, 1, 1};
  if (barriers) {
    runThreads(kernel);
  } else {
    runLoops(kernel);
  }
}

}  // namespace grid

#define __syncthreads() grid::synchronize(__LINE__)
