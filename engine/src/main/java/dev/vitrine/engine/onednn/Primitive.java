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

  /** One for each thread that may run it at the same time. */
  private final Call[] calls;

  private final dnnl_memory_desc[] layouts;
  private final long scratchpadBytes;

  /**
   * Makes the primitive that a description asks for.
   *
   * @param callers the threads that may run it at the same time
   * @param kinds oneDNN's numbers of the arguments, in the order in which {@link #run} takes them
   */
  Primitive(Library library, int callers, dnnl_primitive_desc description, int... kinds) {
    check(dnnl_primitive_create(primitive, description), "to make a primitive");
    calls = new Call[callers];
    layouts = new dnnl_memory_desc[kinds.length + 1];
    try {
      for (int i = 0; i < callers; i++) {
        calls[i] = new Call(kinds.length + 1);
        calls[i].make(library, description, kinds);
      }
      for (int i = 0; i < layouts.length; i++) {
        layouts[i] = new dnnl_memory_desc();
        check(
            dnnl_memory_get_memory_desc(calls[0].memories[i], layouts[i]), "an argument's layout");
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    scratchpadBytes = dnnl_memory_desc_get_size(layout(kinds.length));
  }

  /** The arguments of one caller. */
  private static final class Call {
    private final dnnl_memory[] memories;
    private final Pointer argumentMemory;
    private final dnnl_exec_arg_t arguments;

    Call(int count) {
      memories = new dnnl_memory[count];
      // Not new dnnl_exec_arg_t(n), which would leave the array to JavaCPP's collector.
      argumentMemory = Pointer.malloc((long) count * Pointer.sizeof(dnnl_exec_arg_t.class));
      arguments = new dnnl_exec_arg_t(argumentMemory);
    }

    void make(Library library, dnnl_primitive_desc description, int... kinds) {
      for (int i = 0; i < memories.length; i++) {
        int kind = i < kinds.length ? kinds[i] : DNNL_ARG_SCRATCHPAD;
        dnnl_memory memory = new dnnl_memory();
        check(
            dnnl_memory_create(
                memory,
                dnnl_primitive_desc_query_md(description, dnnl_query_exec_arg_md, kind),
                library.engine(),
                (Pointer) null),
            "an argument of a primitive");
        memories[i] = memory;
        arguments.position(i).arg(kind).memory(memory);
      }
      arguments.position(0);
    }

    void set(int argument, Pointer data) {
      check(dnnl_memory_set_data_handle(memories[argument], data), "an argument's address");
    }

    void close() {
      for (dnnl_memory memory : memories) {
        if (memory != null) {
          check(dnnl_memory_destroy(memory), "to free an argument");
        }
      }
      Pointer.free(argumentMemory);
    }
  }

  /** The layout of an argument; it lives as long as this primitive. */
  dnnl_memory_desc layout(int argument) {
    return layouts[argument];
  }

  /** The bytes that an argument takes in its layout. */
  long bytes(int argument) {
    return dnnl_memory_desc_get_size(layout(argument));
  }

  /** The bytes that a run needs beside its arguments. */
  long scratchpadBytes() {
    return scratchpadBytes;
  }

  /** Computes, with the arguments' data in the order of the constructor. */
  void run(Library library, NativeMemory memory, Pointer... data) {
    Block scratchpad = scratchpadBytes == 0 ? null : memory.scratchpad(scratchpadBytes);
    run(library, 0, scratchpad, data);
  }

  /**
   * As the other, for one of several callers.
   *
   * @param scratchpad of {@link #scratchpadBytes}, nobody else's; null if these are none
   */
  void run(Library library, int caller, Block scratchpad, Pointer... data) {
    Call call = calls[caller];
    for (int i = 0; i < data.length; i++) {
      call.set(i, data[i]);
    }
    if (scratchpadBytes > 0) {
      call.set(call.memories.length - 1, scratchpad.pointer());
    }
    // On the CPU the call returns when the result is there; there is nothing to wait for.
    check(
        dnnl_primitive_execute(primitive, library.stream(), call.memories.length, call.arguments),
        "to run a primitive");
  }

  @Override
  public void close() {
    for (Call call : calls) {
      if (call != null) {
        call.close();
      }
    }
    check(dnnl_primitive_destroy(primitive), "to free a primitive");
  }
}
