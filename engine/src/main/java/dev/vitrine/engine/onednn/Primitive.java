package dev.vitrine.engine.onednn;

import static dev.vitrine.engine.onednn.Library.check;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_get_memory_desc;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_set_data_handle;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_exec_arg_md;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.Pointer;

/**
 * An operation that oneDNN has generated code for, with a memory object for each of its arguments;
 * a run only tells these where the data is, and allocates nothing.
 */
final class Primitive implements Plan {
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final dnnl_memory[] memories;
  private final dnnl_memory_desc[] layouts;
  private final Pointer argumentMemory;
  private final dnnl_exec_arg_t arguments;
  private final long scratchpadBytes;

  /**
   * Makes the primitive that a description asks for.
   *
   * @param kinds oneDNN's numbers of the arguments, in the order in which {@link #run} takes them
   */
  Primitive(Library library, dnnl_primitive_desc description, int... kinds) {
    check(dnnl_primitive_create(primitive, description), "to make a primitive");
    memories = new dnnl_memory[kinds.length + 1];
    layouts = new dnnl_memory_desc[memories.length];
    // Not new dnnl_exec_arg_t(n), which would leave the array to JavaCPP's collector.
    argumentMemory = Pointer.malloc((long) memories.length * Pointer.sizeof(dnnl_exec_arg_t.class));
    arguments = new dnnl_exec_arg_t(argumentMemory);
    for (int i = 0; i < memories.length; i++) {
      int kind = i < kinds.length ? kinds[i] : DNNL_ARG_SCRATCHPAD;
      memories[i] = new dnnl_memory();
      check(
          dnnl_memory_create(
              memories[i],
              dnnl_primitive_desc_query_md(description, dnnl_query_exec_arg_md, kind),
              library.engine(),
              (Pointer) null),
          "an argument of a primitive");
      arguments.position(i).arg(kind).memory(memories[i]);
      layouts[i] = new dnnl_memory_desc();
      check(dnnl_memory_get_memory_desc(memories[i], layouts[i]), "an argument's layout");
    }
    arguments.position(0);
    scratchpadBytes = dnnl_memory_desc_get_size(layout(kinds.length));
  }

  /** The layout of an argument; it lives as long as this primitive. */
  dnnl_memory_desc layout(int argument) {
    return layouts[argument];
  }

  /** The bytes that an argument takes in its layout. */
  long bytes(int argument) {
    return dnnl_memory_desc_get_size(layout(argument));
  }

  /** Computes, with the arguments' data in the order of the constructor. */
  void run(Library library, NativeMemory memory, Pointer... data) {
    for (int i = 0; i < data.length; i++) {
      check(dnnl_memory_set_data_handle(memories[i], data[i]), "an argument's address");
    }
    if (scratchpadBytes > 0) {
      check(
          dnnl_memory_set_data_handle(
              memories[memories.length - 1], memory.scratchpad(scratchpadBytes).pointer()),
          "the scratchpad");
    }
    // On the CPU the call returns when the result is there; there is nothing to wait for.
    check(
        dnnl_primitive_execute(primitive, library.stream(), memories.length, arguments),
        "to run a primitive");
  }

  @Override
  public void close() {
    for (dnnl_memory memory : memories) {
      check(dnnl_memory_destroy(memory), "to free an argument");
    }
    Pointer.free(argumentMemory);
    check(dnnl_primitive_destroy(primitive), "to free a primitive");
  }
}
