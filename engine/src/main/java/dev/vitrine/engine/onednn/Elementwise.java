package dev.vitrine.engine.onednn;

import static dev.vitrine.engine.onednn.Library.check;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.dnnl_ab;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_elu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_exp;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_gelu_erf;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_logistic;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_pow;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_soft_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_swish;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_tanh;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_softmax_accurate;
import static org.bytedeco.dnnl.global.dnnl.dnnl_softmax_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_x;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.AdamStep;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Unary;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * Functions of single elements, and Adam. What is a few instructions of arithmetic is a loop in
 * Java, which runs at the speed of memory; what needs an exponential is oneDNN's.
 */
final class Elementwise {
  private final Library library;
  private final NativeMemory memory;
  private final Primitives primitives;
  private final Loops loops;

  Elementwise(Library library, NativeMemory memory, Primitives primitives, Loops loops) {
    this.library = library;
    this.memory = memory;
    this.primitives = primitives;
    this.loops = loops;
  }

  /** What a primitive of one function depends on. */
  private record Key(int algorithm, float alpha, float beta, int size)
      implements Primitives.Key<Primitive> {

    @Override
    public Primitive make(Library library) {
      try (Recipe recipe = new Recipe(library, PostOp.NONE)) {
        dnnl_memory_desc array = recipe.tagged(dnnl_x, size);
        dnnl_primitive_desc description = recipe.description();
        check(
            dnnl_eltwise_forward_primitive_desc_create(
                description,
                recipe.engine(),
                dnnl_forward_inference,
                algorithm,
                array,
                array,
                alpha,
                beta,
                recipe.attributes()),
            "the function " + this);
        return recipe.make(description, DNNL_ARG_SRC, DNNL_ARG_DST);
      }
    }
  }

  void unary(Unary kind, double alpha, double beta, Block x, Block y, int size) {
    switch (kind) {
      case ELU -> primitive(dnnl_eltwise_elu, (float) alpha, 0, x, y, size);
      case EXP -> primitive(dnnl_eltwise_exp, 0, 0, x, y, size);
      case POWER -> primitive(dnnl_eltwise_pow, 1, (float) alpha, x, y, size);
      case SIGMOID -> primitive(dnnl_eltwise_logistic, 0, 0, x, y, size);
      case TANH -> primitive(dnnl_eltwise_tanh, 0, 0, x, y, size);
      case SOFTPLUS -> primitive(dnnl_eltwise_soft_relu, 1, 0, x, y, size);
      case SILU -> primitive(dnnl_eltwise_swish, 1, 0, x, y, size);
      case GELU -> primitive(dnnl_eltwise_gelu_erf, 0, 0, x, y, size);
      case STEP -> step((float) alpha, x, y, size);
      default -> loop(kind, (float) alpha, (float) beta, x, y, size);
    }
  }

  private void primitive(int algorithm, float alpha, float beta, Block x, Block y, int size) {
    Key key = new Key(algorithm, alpha, beta, size);
    Primitive primitive = primitives.get(key);
    primitive.run(library, memory, x.pointer(), y.pointer());
  }

  /** What a softmax depends on. */
  private record SoftmaxKey(int rows, int classes) implements Primitives.Key<Primitive> {

    @Override
    public Primitive make(Library library) {
      try (Recipe recipe = new Recipe(library, PostOp.NONE)) {
        dnnl_memory_desc array = recipe.tagged(dnnl_ab, rows, classes);
        dnnl_primitive_desc description = recipe.description();
        check(
            dnnl_softmax_forward_primitive_desc_create(
                description,
                recipe.engine(),
                dnnl_forward_inference,
                dnnl_softmax_accurate,
                array,
                array,
                1,
                recipe.attributes()),
            "the softmax " + this);
        return recipe.make(description, DNNL_ARG_SRC, DNNL_ARG_DST);
      }
    }
  }

  /** Over the last axis. */
  void softmax(Block x, Shape shape, Block y) {
    int classes = shape.dim(-1);
    SoftmaxKey key = new SoftmaxKey((int) (shape.size() / classes), classes);
    Primitive primitive = primitives.get(key);
    primitive.run(library, memory, x.pointer(), y.pointer());
  }

  private void loop(Unary kind, float alpha, float beta, Block x, Block y, int size) {
    loops.run(
        size,
        (arrays, from, to) -> {
          float[] v = arrays.a;
          for (int at = from; at < to; at += v.length) {
            int count = Math.min(v.length, to - at);
            x.read(at, v, 0, count);
            apply(kind, alpha, beta, v, count);
            y.write(at, v, 0, count);
          }
        });
  }

  private static void apply(Unary kind, float alpha, float beta, float[] v, int count) {
    switch (kind) {
      case LINEAR -> linear(v, count, alpha, beta);
      case RELU -> relu(v, count);
      case LEAKY_RELU -> leakyRelu(v, count, alpha);
      case CLIP -> clip(v, count, alpha, beta);
      case SIGN -> sign(v, count);
      case LOG -> log(v, count);
      case ABS -> abs(v, count);
      case SQRT -> sqrt(v, count);
      case SQUARE -> square(v, count);
      case ERF -> erf(v, count);
      default -> throw new IllegalArgumentException("no loop for " + kind);
    }
  }

  private static void linear(float[] v, int count, float alpha, float beta) {
    for (int i = 0; i < count; i++) {
      v[i] = alpha * v[i] + beta;
    }
  }

  private static void relu(float[] v, int count) {
    for (int i = 0; i < count; i++) {
      v[i] = Math.max(v[i], 0f);
    }
  }

  /** The two branches as a sum, one of whose terms is zero: without a jump, for vectors. */
  private static void leakyRelu(float[] v, int count, float alpha) {
    for (int i = 0; i < count; i++) {
      v[i] = Math.max(v[i], 0f) + alpha * Math.min(v[i], 0f);
    }
  }

  private static void clip(float[] v, int count, float low, float high) {
    for (int i = 0; i < count; i++) {
      v[i] = Math.min(Math.max(v[i], low), high);
    }
  }

  private static void sign(float[] v, int count) {
    for (int i = 0; i < count; i++) {
      float x = v[i];
      v[i] = x > 0 ? 1 : x < 0 ? -1 : x;
    }
  }

  private static void abs(float[] v, int count) {
    for (int i = 0; i < count; i++) {
      v[i] = Math.abs(v[i]);
    }
  }

  private static void sqrt(float[] v, int count) {
    for (int i = 0; i < count; i++) {
      v[i] = (float) Math.sqrt(v[i]);
    }
  }

  private static void square(float[] v, int count) {
    for (int i = 0; i < count; i++) {
      v[i] = v[i] * v[i];
    }
  }

  /** Not oneDNN's, whose logarithm has a relative error of 5e-6. */
  private static void log(float[] v, int count) {
    for (int i = 0; i < count; i++) {
      v[i] = (float) Math.log(v[i]);
    }
  }

  private static void erf(float[] v, int count) {
    for (int i = 0; i < count; i++) {
      v[i] = (float) ErrorFunction.of(v[i]);
    }
  }

  /** {@code x > alpha} is {@code x - alpha > 0}: the difference is never rounded to zero. */
  private void step(float alpha, Block x, Block y, int size) {
    loops.run(
        size,
        (arrays, from, to) -> {
          float[] v = arrays.a;
          int[] bits = arrays.i;
          for (int at = from; at < to; at += v.length) {
            int count = Math.min(v.length, to - at);
            x.read(at, v, 0, count);
            linear(v, count, 1, -alpha);
            y.write(at, v, 0, count);
            y.read(at, bits, 0, count);
            Bits.positive(bits, count);
            y.write(at, bits, 0, count);
          }
        });
  }

  void fill(Block y, float value, int size) {
    loops.run(
        size,
        (arrays, from, to) -> {
          float[] v = arrays.a;
          java.util.Arrays.fill(v, value);
          for (int at = from; at < to; at += v.length) {
            y.write(at, v, 0, Math.min(v.length, to - at));
          }
        });
  }

  void adam(AdamStep step, Block grad, Block m, Block v, Block x, int size) {
    float beta1 = (float) step.beta1();
    float beta2 = (float) step.beta2();
    float decay = (float) step.weightDecay();
    float rate = (float) (step.learningRate() / (1 - Math.pow(step.beta1(), step.step())));
    float correction = (float) (1 / (1 - Math.pow(step.beta2(), step.step())));
    float epsilon = (float) step.epsilon();
    float rest1 = (float) (1 - step.beta1());
    float rest2 = (float) (1 - step.beta2());
    loops.run(
        size,
        (arrays, from, to) -> {
          for (int at = from; at < to; at += Loops.CHUNK) {
            int count = Math.min(Loops.CHUNK, to - at);
            grad.read(at, arrays.a, 0, count);
            m.read(at, arrays.b, 0, count);
            v.read(at, arrays.c, 0, count);
            x.read(at, arrays.d, 0, count);
            moments(
                arrays.a, arrays.b, arrays.c, arrays.d, count, beta1, rest1, beta2, rest2, decay);
            update(arrays.b, arrays.c, arrays.d, count, rate, correction, epsilon);
            m.write(at, arrays.b, 0, count);
            v.write(at, arrays.c, 0, count);
            x.write(at, arrays.d, 0, count);
          }
        });
  }

  private static void moments(
      float[] grad,
      float[] m,
      float[] v,
      float[] x,
      int count,
      float beta1,
      float rest1,
      float beta2,
      float rest2,
      float decay) {
    for (int i = 0; i < count; i++) {
      float g = grad[i] + decay * x[i];
      m[i] = beta1 * m[i] + rest1 * g;
      v[i] = beta2 * v[i] + rest2 * g * g;
    }
  }

  private static void update(
      float[] m, float[] v, float[] x, int count, float rate, float correction, float epsilon) {
    for (int i = 0; i < count; i++) {
      x[i] -= rate * m[i] / ((float) Math.sqrt(v[i] * correction) + epsilon);
    }
  }
}
