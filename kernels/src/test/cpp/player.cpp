// Plays a card's memory and kernels for the tests: takes orders on standard input and answers on
// standard output, all numbers little-endian.
//
//   a BYTES               -> ADDRESS           memory of exactly so many bytes, full of NaN
//   f ADDRESS                                  frees it
//   u ADDRESS BYTES DATA                       uploads
//   d ADDRESS BYTES       -> DATA              downloads
//   c FROM TO BYTES                            copies
//   l NAME BLOCKS THREADS COUNT (SIZE DATA)... -> 1    launches a kernel with COUNT arguments
//
// Every piece of memory is one of malloc's, so that the address sanitizer sees the first byte past
// its end. kernels.inc is written by the tests: it includes the .cu files, each in a namespace of
// its own, and lists their kernels.

#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "grid.h"

namespace {

typedef std::vector<std::string> Arguments;
typedef std::function<std::function<void()>(const Arguments&)> Binding;

struct Kernel {
  bool barriers;
  Binding bind;
};

template <class A>
A argument(const std::string& bytes) {
  if (bytes.size() != sizeof(A)) grid::stop("an argument's size is not its parameter's");
  typename std::remove_const<A>::type value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

template <class... A, size_t... I>
std::function<void()> marshal(void (*kernel)(A...), const Arguments& arguments,
                              std::index_sequence<I...>) {
  if (arguments.size() != sizeof...(A)) grid::stop("wrong number of arguments");
  auto values = std::make_tuple(argument<A>(arguments[I])...);
  return [kernel, values] { std::apply(kernel, values); };
}

template <class... A>
Kernel kernel(bool barriers, void (*function)(A...)) {
  return {barriers, [function](const Arguments& arguments) {
            return marshal(function, arguments, std::index_sequence_for<A...>());
          }};
}

}  // namespace

#include "kernels.inc"

namespace {

void read(void* to, size_t bytes) {
  if (std::fread(to, 1, bytes, stdin) != bytes) grid::stop("the orders end in the middle of one");
}

template <class T>
T read() {
  T value;
  read(&value, sizeof value);
  return value;
}

std::string readBytes(size_t bytes) {
  std::string data(bytes, 0);
  read(data.data(), bytes);
  return data;
}

void* readAddress() { return reinterpret_cast<void*>(read<uint64_t>()); }

void write(const void* from, size_t bytes) {
  std::fwrite(from, 1, bytes, stdout);
  std::fflush(stdout);
}

void allocate() {
  size_t bytes = read<uint64_t>();
  void* memory = std::malloc(bytes);
  if (memory != nullptr) std::memset(memory, 0xff, bytes);
  uint64_t address = reinterpret_cast<uint64_t>(memory);
  write(&address, sizeof address);
}

void upload() {
  void* to = readAddress();
  std::string data = readBytes(read<uint64_t>());
  std::memcpy(to, data.data(), data.size());
}

void download() {
  void* from = readAddress();
  std::string data(read<uint64_t>(), 0);
  std::memcpy(data.data(), from, data.size());
  write(data.data(), data.size());
}

void copy() {
  void* from = readAddress();
  void* to = readAddress();
  std::memcpy(to, from, read<uint64_t>());
}

void launch() {
  std::string name = readBytes(read<uint32_t>());
  unsigned blocks = read<uint32_t>();
  unsigned threads = read<uint32_t>();
  Arguments arguments(read<uint32_t>());
  for (std::string& argument : arguments) argument = readBytes(read<uint32_t>());
  auto found = KERNELS.find(name);
  if (found == KERNELS.end()) grid::stop(("there is no kernel " + name).c_str());
  grid::run(blocks, threads, found->second.barriers, found->second.bind(arguments));
  write("\1", 1);
}

}  // namespace

int main() {
  for (int order = std::getchar(); order != EOF; order = std::getchar()) {
    switch (order) {
      case 'a':
        allocate();
        break;
      case 'f':
        std::free(readAddress());
        break;
      case 'u':
        upload();
        break;
      case 'd':
        download();
        break;
      case 'c':
        copy();
        break;
      case 'l':
        launch();
        break;
      default:
        grid::stop("an unknown order");
    }
  }
  return 0;
}
