package dev.vitrine.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.vitrine.bench.contest.Competitor;
import dev.vitrine.bench.contest.Contender;
import dev.vitrine.bench.contest.Layouts;
import dev.vitrine.bench.contest.OnnxModel;
import dev.vitrine.bench.contest.Translation;
import dev.vitrine.bench.contest.Workload;
import dev.vitrine.engine.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * ONNX Runtime on the CPU, all of its optimizations on: forward passes.
 *
 * <p>Version 1.29 ends a Linux process whose command line is longer than 4096 bytes, as a class
 * path of many jars makes it; so it is measured out of {@code benchmarks.jar}.
 */
public final class OnnxRuntime implements Competitor {

  @Override
  public String name() {
    return "onnxruntime";
  }

  @Override
  public String description() {
    return "ONNX Runtime " + environment().getVersion();
  }

  @Override
  public Optional<String> missing() {
    try {
      environment();
      return Optional.empty();
    } catch (LinkageError | RuntimeException e) {
      return Optional.of("its library can't be loaded for this platform (" + e.getMessage() + ")");
    }
  }

  /** The one of the process, which tells nobody of it. */
  private static OrtEnvironment environment() {
    try {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      environment.setTelemetry(false);
      return environment;
    } catch (OrtException e) {
      throw refused(e);
    }
  }

  @Override
  public boolean hasGradients() {
    return false;
  }

  @Override
  public Contender prepare(Workload workload) {
    try {
      return new Loaded(OnnxModel.of(workload));
    } catch (OrtException e) {
      throw refused(e);
    }
  }

  private static IllegalStateException refused(OrtException e) {
    return new IllegalStateException("ONNX Runtime refused: " + e.getMessage(), e);
  }

  private static final class Loaded implements Contender {
    private final Translation translation;
    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;
    private final OnnxTensor x;

    Loaded(OnnxModel.Encoded model) throws OrtException {
      translation = model.translation();
      options.setIntraOpNumThreads(Competitor.threads());
      options.setInterOpNumThreads(1);
      if ("passive".equals(System.getenv("OMP_WAIT_POLICY"))) { // its threads are not OpenMP's
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
      }
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      OrtEnvironment environment = environment();
      session = environment.createSession(model.bytes(), options);
      Shape images = translation.images();
      float[] pixels = Layouts.channelsFirst(images, Workload.pixels(images));
      FloatBuffer direct =
          ByteBuffer.allocateDirect(4 * pixels.length)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      direct.put(pixels).rewind();
      long[] shape = {images.dim(0), images.dim(3), images.dim(1), images.dim(2)};
      x = OnnxTensor.createTensor(environment, direct, shape);
    }

    private OrtSession.Result run() throws OrtException {
      return session.run(Map.of(translation.input(), x));
    }

    @Override
    public void forward() {
      try (OrtSession.Result result = run()) {
        if (result.size() != 1) {
          throw new IllegalStateException("ONNX Runtime gave " + result.size() + " outputs");
        }
      } catch (OrtException e) {
        throw refused(e);
      }
    }

    @Override
    public void gradient() {
      throw new UnsupportedOperationException("ONNX Runtime runs forward passes alone here");
    }

    @Override
    public float[] output() {
      try (OrtSession.Result result = run()) {
        FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return Layouts.channelsLast(translation.result(), values);
      } catch (OrtException e) {
        throw refused(e);
      }
    }

    @Override
    public float[] inputGradient() {
      throw new UnsupportedOperationException("ONNX Runtime runs forward passes alone here");
    }

    @Override
    public void close() {
      try {
        x.close();
        session.close();
        options.close();
      } catch (OrtException e) {
        throw refused(e);
      }
    }
  }
}
