package dev.vitrine.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_invalid_arguments;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_strides;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_out_of_memory;
import static org.bytedeco.dnnl.global.dnnl.dnnl_set_primitive_cache_capacity;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;
import static org.bytedeco.dnnl.global.dnnl.dnnl_unimplemented;

import dev.vitrine.engine.backend.BackendException;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;

/** oneDNN's engine and stream for the processor, and what every call of the library needs. */
final class Library implements AutoCloseable {
  static final int F32 = dnnl.dnnl_f32;

  private final dnnl_engine engine = new dnnl_engine();
  private final dnnl_stream stream = new dnnl_stream();
  private final int threads;

  /** {@code threads} is how many oneDNN is thought to have, and how many Java's loops take. */
  Library(int threads) {
    this.threads = threads;
    // oneDNN keeps the code of destroyed primitives in a cache of its own; ours is bounded and is
    // emptied when a backend closes, so that closed means freed.
    check(dnnl_set_primitive_cache_capacity(0), "the primitive cache");
    check(dnnl_engine_create(engine, dnnl.dnnl_cpu, 0), "the CPU engine");
    check(
        dnnl_stream_create(stream, engine, dnnl.dnnl_stream_default_flags),
        "the CPU engine's stream");
  }

  int threads() {
    return threads;
  }

  dnnl_engine engine() {
    return engine;
  }

  dnnl_stream stream() {
    return stream;
  }

  /** Throws if oneDNN refused. */
  static void check(int status, String what) {
    if (status == dnnl_success) {
      return;
    }
    String why = "status " + status;
    if (status == dnnl_out_of_memory) {
      why = "out of memory; use a smaller batch or a smaller image";
    } else if (status == dnnl_invalid_arguments) {
      why = "invalid arguments";
    } else if (status == dnnl_unimplemented) {
      why = "not implemented for this processor; use --device reference, which is slow";
    }
    throw new BackendException("oneDNN refused " + what + ": " + why);
  }

  /** A float32 array in a named layout; the caller destroys it. */
  static dnnl_memory_desc tagged(int tag, long... dims) {
    dnnl_memory_desc descriptor = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_tag(descriptor, dims.length, dims, F32, tag),
        "an array's layout");
    return descriptor;
  }

  /** A float32 array with the given strides, in elements; the caller destroys it. */
  static dnnl_memory_desc strided(long[] dims, long[] strides) {
    dnnl_memory_desc descriptor = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_strides(descriptor, dims.length, dims, F32, strides),
        "an array's layout");
    return descriptor;
  }

  @Override
  public void close() {
    check(dnnl_stream_destroy(stream), "to close its stream");
    check(dnnl_engine_destroy(engine), "to close its engine");
  }
}
