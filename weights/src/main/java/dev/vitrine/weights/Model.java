package dev.vitrine.weights;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Identity;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.engine.op.Softmax;
import dev.vitrine.weights.image.Labels;
import dev.vitrine.weights.image.Preprocessing;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A network with what belongs to it: how its pictures are prepared, what its classes are called,
 * and where it came from. Owns the network.
 *
 * <p>Its weights lie outside the Java heap, and while a file is read the heap holds a megabyte of
 * it at a time (a compressed file's arrays one by one). On the CPU each weight is there once:
 * plainly after loading, in oneDNN's layout from the first run on, and from the first gradient on
 * each convolution's kernel once more, rotated. Most convolutions of 3 by 3 are computed in
 * Winograd's form, whose kernels take four times their plain size, beside the plain ones, and as
 * much again for gradients; {@code -Dvitrine.winograd=false} does without, at half the speed.
 * Pictures of other sizes may ask for other layouts, of which four stay at most. Blocks are counted
 * up to a quarter larger than what they hold, but the system gives no memory for a part that nobody
 * writes. VGG16 counts 619 MB (its weights are 553), 881 MB after a run and 1143 MB after a
 * gradient at 224x224, 1222 MB while one runs, with 86 MB that wait in the backend for the next;
 * without Winograd's form 620, 685 and 757.
 */
public final class Model implements AutoCloseable {
  private static final int ANY_SIZE = 512;

  private final String name;
  private final Network network;
  private final ModelSource source;
  private final Preprocessing preprocessing;
  private final Labels labels;
  private final Layer scores;
  private String hash;

  /**
   * A model; takes the network over.
   *
   * @param preprocessing null if nobody said
   * @param labels null if nobody said
   */
  Model(
      String name,
      Network network,
      ModelSource source,
      Preprocessing preprocessing,
      Labels labels) {
    this.name = name;
    this.network = network;
    this.source = source;
    this.preprocessing = preprocessing;
    this.scores = scores(network);
    this.labels = labels == null || !hasClasses() ? labels : labels.forClasses(classes());
  }

  /** The built-in model's name, or the file's name without its ending. */
  public String name() {
    return name;
  }

  /** The network, which this model owns. */
  public Network network() {
    return network;
  }

  /** {@code [h, w]} that the network was made for; 0 where any size will do. */
  public int[] inputSize() {
    return new int[] {network.inputShape().dim(1), network.inputShape().dim(2)};
  }

  /** True if it is known how pictures are prepared. */
  public boolean hasPreprocessing() {
    return preprocessing != null;
  }

  /**
   * How pictures are prepared for the network.
   *
   * @throws BadInputException if neither model nor user said; the message says how to
   */
  public Preprocessing preprocessing() {
    if (preprocessing == null) {
      throw new BadInputException(
          name
              + ": the model does not say how its pictures are prepared; "
              + "say it with --preprocess caffe, tf, torch, unit, none or mean=R,G,B;scale=S");
    }
    return preprocessing;
  }

  /** The classes' names, as many as {@link #classes}. */
  public Optional<Labels> labels() {
    return Optional.ofNullable(labels);
  }

  /**
   * The layer whose output is the classes' scores before the final softmax or sigmoid, {@code [n,
   * classes]} or with axes of one pixel between: the one that these read, or where there are none
   * the output layer. Empty only if that is the network's input.
   */
  public Optional<String> logitsLayer() {
    String layer = hasProbabilities() ? scores.inputs().get(0) : network.output();
    return Optional.of(layer).filter(network::has);
  }

  /** True if the network ends in a softmax or a sigmoid: its output is probabilities. */
  public boolean hasProbabilities() {
    return scores != null;
  }

  /** True if the network's output is one row of numbers per picture, not maps. */
  public boolean hasClasses() {
    return outputShape().size() == outputShape().dim(-1);
  }

  /**
   * The number of classes that the output stands for: its channels, or 2 for a single sigmoid,
   * which is the probability of class 1.
   */
  public int classes() {
    int outputs = outputShape().dim(-1);
    return outputs == 1 && hasProbabilities() && scores.op() instanceof Elementwise ? 2 : outputs;
  }

  /**
   * SHA-256 of the model's file, 64 hexadecimal digits.
   *
   * @throws BadInputException if the file has changed since it was opened
   */
  public String hash() {
    if (hash == null) {
      hash = hash("SHA-256");
    }
    return hash;
  }

  /**
   * A hash of the model's file in lower-case hexadecimal digits.
   *
   * @param algorithm SHA-256 or MD5, which every Java has
   * @throws BadInputException if the file has changed since it was opened
   */
  public String hash(String algorithm) {
    try (InputStream in = source.open()) {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      byte[] block = new byte[1 << 16];
      for (int n = in.read(block); n >= 0; n = in.read(block)) {
        digest.update(block, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new BadInputException(name + ": the model's file cannot be read again: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }

  /** Frees the network. Idempotent. */
  @Override
  public void close() {
    network.close();
  }

  /** For one picture; where any size will do, of some size. */
  private Shape outputShape() {
    Shape x = network.inputShape();
    for (int axis = 1; axis < 3; axis++) {
      x = x.dim(axis) > 0 ? x : x.with(axis, ANY_SIZE);
    }
    return network.shapes(x).get(network.output());
  }

  /** The softmax or sigmoid that the network ends in, or null; what only reshapes may follow it. */
  private static Layer scores(Network network) {
    String at = network.output();
    while (network.has(at)) {
      Layer layer = network.layer(at);
      Op op = layer.op();
      if (op instanceof Softmax || (op instanceof Elementwise e && e.function() == Unary.SIGMOID)) {
        return layer;
      }
      if (!(op instanceof Reshape) && !(op instanceof Identity)) {
        return null;
      }
      at = layer.inputs().get(0);
    }
    return null;
  }
}
