package dev.vitrine.engine.onednn;

import static dev.vitrine.engine.onednn.Library.check;
import static dev.vitrine.engine.onednn.Winograd.PRODUCTS;
import static dev.vitrine.engine.onednn.Winograd.REACH;
import static dev.vitrine.engine.onednn.Winograd.SEGMENT;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_clone;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_destroy;

import dev.vitrine.engine.backend.PostOp;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;

/**
 * Convolution kernels in the layouts that primitives ask for. A frozen kernel is packed once per
 * layout and its plain copy dropped, so that a model that only runs forward holds its weights once,
 * and one that also runs backward twice (the rotated form). Nothing is rounded on the way: the
 * plain kernel is rebuilt from a packed form when somebody asks for it. Winograd's forms are held
 * beside it, since they are rounded. A kernel that is not frozen is packed anew for each operation.
 */
final class Kernels {
  /** Forms per kernel: forward and backward, for images of two sizes that want different ones. */
  private static final int MOST_FORMS = 4;

  private final Library library;
  private final NativeMemory memory;
  private final Loops loops;

  Kernels(Library library, NativeMemory memory, Loops loops) {
    this.library = library;
    this.memory = memory;
    this.loops = loops;
  }

  /** The kernel as a plan takes it; to be handed to {@link #done} afterwards. */
  Block ready(ConvolutionPlan plan, Storage kernel) {
    for (int i = kernel.packed.size() - 1; i >= 0; i--) {
      PackedKernel form = kernel.packed.get(i);
      if (plan.takes(form)) {
        if (i < kernel.packed.size() - 1) {
          kernel.packed.add(kernel.packed.remove(i));
        }
        return form.block();
      }
    }
    boolean turn = plan.kernel().rotated() && plan.kernel().kh() * plan.kernel().kw() > 1;
    if (plan.packing() == null && !turn) {
      return plain(kernel);
    }
    Block source = kernel.plain != null ? kernel.plain : rebuilt(kernel.packed.get(0));
    Block turned = turn ? memory.takeToKeep(plan.kernel().bytes()) : source;
    if (turn) {
      turn(plan.kernel(), source, turned);
    }
    Block target = turned;
    if (plan.packing() != null) {
      target = memory.takeToKeep(plan.primitive().bytes(ConvolutionPlan.KERNEL));
      plan.packing().run(library, memory, turned.pointer(), target.pointer());
      if (turned != source) {
        drop(turned, kernel.frozen);
      }
    }
    if (source != kernel.plain) {
      drop(source, true);
    }
    if (kernel.frozen) {
      keep(kernel, plan, target);
    }
    return target;
  }

  /** The frozen kernel as a plan takes it. */
  Block ready(WinogradPlan plan, Storage kernel) {
    for (int i = 0; i < kernel.winograd.size(); i++) {
      if (kernel.winograd.get(i).fits(plan)) {
        return kernel.winograd.get(i).block();
      }
    }
    Block source = reading(kernel);
    try {
      Block block = transformed(plan, source);
      if (kernel.winograd.isEmpty()) {
        kernel.winograd = new ArrayList<>(2);
      }
      kernel.winograd.add(new WinogradKernel(plan.rotated(), plan.in(), plan.out(), block));
      return block;
    } finally {
      doneReading(kernel, source);
    }
  }

  /** Takes back what {@link #ready(ConvolutionPlan, Storage)} gave. */
  void done(Storage kernel, Block block) {
    if (!kernel.frozen && block != kernel.plain) {
      memory.give(block);
    }
  }

  /** The plain contents, made again if they had been dropped. */
  Block plain(Storage storage) {
    if (storage.plain == null) {
      storage.plain = rebuilt(storage.packed.get(0));
    }
    return storage.plain;
  }

  /** The plain contents for one reading, to be handed to {@link #doneReading}. */
  Block reading(Storage storage) {
    return storage.plain != null ? storage.plain : rebuilt(storage.packed.get(0));
  }

  void doneReading(Storage storage, Block block) {
    if (block != storage.plain) {
      memory.discard(block);
    }
  }

  /** Frees every packed form. */
  void unpack(Storage storage) {
    if (!storage.packed.isEmpty()) {
      storage.packed.forEach(this::free);
      storage.packed = List.of();
    }
    if (!storage.winograd.isEmpty()) { // asked for each array that is released
      storage.winograd.forEach(form -> memory.discard(form.block()));
      storage.winograd = List.of();
    }
  }

  private void keep(Storage kernel, ConvolutionPlan plan, Block block) {
    dnnl_memory_desc descriptor = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_clone(descriptor, plan.primitive().layout(ConvolutionPlan.KERNEL)),
        "a layout");
    if (kernel.packed.isEmpty()) {
      kernel.packed = new ArrayList<>(MOST_FORMS);
    }
    kernel.packed.add(new PackedKernel(plan.kernel(), descriptor, block));
    if (kernel.plain != null) {
      memory.discard(kernel.plain);
      kernel.plain = null;
    }
    if (kernel.packed.size() > MOST_FORMS) {
      free(kernel.packed.remove(0));
    }
  }

  private void free(PackedKernel form) {
    memory.discard(form.block());
    check(dnnl_memory_desc_destroy(form.descriptor()), "to free a layout");
  }

  private void drop(Block block, boolean forGood) {
    if (forGood) {
      memory.discard(block);
    } else {
      memory.give(block);
    }
  }

  /** A new plain copy of a packed kernel. */
  private Block rebuilt(PackedKernel form) {
    KernelLayout layout = form.layout();
    Block plain = memory.takeToKeep(layout.bytes());
    try (Recipe recipe = new Recipe(library, PostOp.NONE);
        Primitive unpacking =
            recipe.reorder(form.descriptor(), recipe.strided(layout.dims(), layout.strides()))) {
      unpacking.run(library, memory, form.block().pointer(), plain.pointer());
    }
    if (!layout.rotated() || layout.kh() * layout.kw() == 1) {
      return plain;
    }
    Block upright = memory.takeToKeep(layout.bytes());
    turn(layout, plain, upright);
    memory.discard(plain);
    return upright;
  }

  /** A new block with a plain kernel in Winograd's form, as a plan takes it. */
  private Block transformed(WinogradPlan plan, Block plain) {
    int pairs = plan.in() * plan.out();
    Block matrices = memory.take(4L * PRODUCTS * pairs);
    try {
      transform(plain, plan.rotated(), pairs, matrices);
      Block form = memory.takeToKeep(plan.kernelBytes());
      long[] dims = {PRODUCTS, plan.in(), plan.out()};
      long[] strides =
          plan.rotated() ? new long[] {pairs, 1, plan.in()} : new long[] {pairs, plan.out(), 1};
      try (Recipe recipe = new Recipe(library, PostOp.NONE);
          Primitive packing = recipe.reorder(recipe.strided(dims, strides), plan.kernelLayout())) {
        packing.run(library, memory, matrices.pointer(), form.pointer());
      }
      return form;
    } finally {
      memory.discard(matrices);
    }
  }

  /** The 36 matrices of a plain kernel: pairs of channels in the order in which they lie. */
  private void transform(Block plain, boolean rotated, int pairs, Block matrices) {
    loops.run(
        pairs,
        SEGMENT,
        PRODUCTS,
        (arrays, from, to) -> {
          float[][] g = arrays.bundle(0, 9, SEGMENT);
          float[][] half = arrays.bundle(1, 3 * REACH, SEGMENT);
          float[][] u = arrays.bundle(2, PRODUCTS, SEGMENT);
          for (int at = from; at < to; at += SEGMENT) {
            int count = Math.min(SEGMENT, to - at);
            for (int i = 0; i < 9; i++) {
              long position = rotated ? 8 - i : i;
              plain.read(position * pairs + at, g[i], 0, count);
            }
            for (int j = 0; j < 3; j++) {
              Winograd.kernel(g, j, 3, half, j, 3, count);
            }
            for (int i = 0; i < REACH; i++) {
              Winograd.kernel(half, 3 * i, 1, u, REACH * i, 1, count);
              for (int j = 0; j < REACH; j++) {
                int product = REACH * i + j;
                matrices.write((long) product * pairs + at, u[product], 0, count);
              }
            }
          }
        });
  }

  /**
   * Rotates a plain kernel by 180 degrees: its positions in reverse, their channels as they are.
   */
  private static void turn(KernelLayout layout, Block from, Block to) {
    int slice = layout.sliceElements();
    float[] elements = new float[Math.min(slice, Loops.CHUNK)];
    int last = layout.kh() * layout.kw() - 1;
    for (int position = 0; position <= last; position++) {
      for (int at = 0; at < slice; at += elements.length) {
        int count = Math.min(elements.length, slice - at);
        from.read((long) position * slice + at, elements, 0, count);
        to.write((long) (last - position) * slice + at, elements, 0, count);
      }
    }
  }
}
