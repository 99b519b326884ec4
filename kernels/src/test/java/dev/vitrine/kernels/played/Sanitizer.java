package dev.vitrine.kernels.played;

import java.util.List;

/** What watches played kernels while they run. */
public enum Sanitizer {
  /** Finds addresses outside an array, and what C++ leaves undefined. */
  ADDRESS("-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all"),
  /** Finds races between the threads of a block; has only the kernels that meet at barriers. */
  THREAD("-fsanitize=thread");

  private final List<String> flags;

  Sanitizer(String... flags) {
    this.flags = List.of(flags);
  }

  /** The compiler's flags. */
  List<String> flags() {
    return flags;
  }
}
