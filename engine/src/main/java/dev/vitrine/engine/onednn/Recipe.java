package dev.vitrine.engine.onednn;

import static dev.vitrine.engine.onednn.Library.check;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_eltwise;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_deterministic;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_scratchpad_mode;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_scratchpad_mode_user;

import dev.vitrine.engine.backend.PostOp;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * What a primitive is made from: layouts, attributes and descriptions, all destroyed with it. Every
 * primitive is strict float32 (oneDNN's default), deterministic, and uses our scratchpad.
 */
final class Recipe implements AutoCloseable {
  private final Library library;
  private final List<dnnl_memory_desc> layouts = new ArrayList<>();
  private final List<dnnl_primitive_desc> descriptions = new ArrayList<>();
  private final dnnl_primitive_attr attributes = new dnnl_primitive_attr();

  Recipe(Library library, PostOp post) {
    this.library = library;
    check(dnnl_primitive_attr_create(attributes), "attributes");
    check(
        dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
        "a scratchpad of ours");
    check(dnnl_primitive_attr_set_deterministic(attributes, 1), "determinism");
    if (post == PostOp.RELU) {
      dnnl_post_ops relu = new dnnl_post_ops();
      check(dnnl_post_ops_create(relu), "a fused operation");
      check(dnnl_post_ops_append_eltwise(relu, dnnl_eltwise_relu, 0, 0), "a fused ReLU");
      check(dnnl_primitive_attr_set_post_ops(attributes, relu), "a fused ReLU");
      check(dnnl_post_ops_destroy(relu), "to free a fused ReLU");
    }
  }

  dnnl_engine engine() {
    return library.engine();
  }

  dnnl_primitive_attr attributes() {
    return attributes;
  }

  dnnl_memory_desc tagged(int tag, long... dims) {
    return owned(Library.tagged(tag, dims));
  }

  dnnl_memory_desc strided(long[] dims, long[] strides) {
    return owned(Library.strided(dims, strides));
  }

  private dnnl_memory_desc owned(dnnl_memory_desc layout) {
    layouts.add(layout);
    return layout;
  }

  /** An empty description, for one of oneDNN's functions to fill. */
  dnnl_primitive_desc description() {
    return owned(new dnnl_primitive_desc());
  }

  /** Takes a description that one of oneDNN's functions made. */
  dnnl_primitive_desc owned(dnnl_primitive_desc description) {
    descriptions.add(description);
    return description;
  }

  /** Makes the primitive of a description that has been filled. */
  Primitive make(dnnl_primitive_desc description, int... kinds) {
    return new Primitive(library, 1, description, kinds);
  }

  /** As the other, to be run by several callers at the same time. */
  Primitive make(int callers, dnnl_primitive_desc description, int... kinds) {
    return new Primitive(library, callers, description, kinds);
  }

  /** A primitive that copies from one layout to another, arguments from and to. */
  Primitive reorder(dnnl_memory_desc from, dnnl_memory_desc to) {
    dnnl_primitive_desc description = description();
    check(
        dnnl_reorder_primitive_desc_create(description, from, engine(), to, engine(), attributes),
        "to copy between layouts");
    return make(description, DNNL_ARG_FROM, DNNL_ARG_TO);
  }

  @Override
  public void close() {
    for (dnnl_primitive_desc description : descriptions) {
      if (!description.isNull()) {
        check(dnnl_primitive_desc_destroy(description), "to free a description");
      }
    }
    for (dnnl_memory_desc layout : layouts) {
      check(dnnl_memory_desc_destroy(layout), "to free a layout");
    }
    check(dnnl_primitive_attr_destroy(attributes), "to free attributes");
  }
}
