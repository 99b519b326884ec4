package dev.vitrine.bench.jmh;

import dev.vitrine.bench.Vgg16File;
import dev.vitrine.bench.contest.Agreement;
import dev.vitrine.bench.contest.Workload;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.network.Run;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * VGG16 out of its HDF5 file of 553 MB (a stand-in of the same layout), its pages in the system's
 * cache. Kernels are packed by the first run, so that what packing takes is {@code firstRun} less
 * {@code run}. The first openings of a process take several times longer than those that follow:
 * the compiler is at work, and a virtual machine has to be given its memory.
 */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class LoadingBenchmark {
  /** Bytes that a thread reads at a time. */
  private static final long PART = 1 << 19;

  private Path folder;
  private Path file;
  private ByteBuffer buffer;
  private Backend backend;
  private Scope scope;
  private Tensor x;
  private Model packed;
  private Model loaded;
  private BytePointer kept;

  /** Writes the file, reads it once, and holds the weights against what was written. */
  @Setup(Level.Trial)
  public void setUp() throws IOException {
    folder = Files.createTempDirectory("vitrine-bench");
    file = folder.resolve("vgg16.h5");
    Vgg16File.write(file);
    buffer = ByteBuffer.allocateDirect(1 << 20);
    backend = Backends.open("cpu", false, System.err::println);
    scope = new Scope(backend);
    Shape image = Shape.of(1, 224, 224, 3);
    x = scope.of(image, Workload.pixels(image));
    packed = Models.open(file.toString(), backend, Overrides.NONE);
    Map<String, float[]> answers = new LinkedHashMap<>();
    for (String layer : new String[] {"block3_conv2", "fc1", "predictions"}) {
      Parameter kernel = packed.network().layer(layer + ".pre").parameters().get(0);
      answers.put("the file", Vgg16File.start(layer, 1000));
      answers.put("what was read", Arrays.copyOf(kernel.value().toFloats(), 1000));
      new Agreement("weights", 0).check(layer, answers);
    }
    run(packed);
  }

  private void run(Model model) {
    String logits = model.logitsLayer().orElseThrow();
    try (Run run = model.network().forward(x, Listen.only(logits))) {
      if (Float.isNaN(run.output(logits).toFloats()[0])) {
        throw new IllegalStateException("logits are no numbers");
      }
    }
  }

  /** Reads the file through a small buffer. */
  @Benchmark
  public long read() throws IOException {
    long bytes = 0;
    try (FileChannel channel = FileChannel.open(file)) {
      for (int n = channel.read(buffer.clear()); n >= 0; n = channel.read(buffer.clear())) {
        bytes += n;
      }
    }
    return bytes;
  }

  /**
   * Reads the file to where it stays, in new memory, by all processors: what opening cannot do
   * without.
   */
  @Benchmark
  public Pointer readToKeep() throws IOException {
    Pointer memory = Pointer.malloc(Files.size(file));
    if (memory == null) {
      throw new IOException("no memory for the file");
    }
    kept = new BytePointer(memory);
    AtomicLong next = new AtomicLong();
    try (FileChannel channel = FileChannel.open(file)) {
      long bytes = channel.size();
      IntStream.range(0, Runtime.getRuntime().availableProcessors())
          .parallel()
          .forEach(
              thread -> {
                for (long at; (at = next.getAndAdd(PART)) < bytes; ) {
                  readPart(channel, at, (int) Math.min(PART, bytes - at));
                }
              });
    }
    return kept;
  }

  private void readPart(FileChannel channel, long at, int count) {
    BytePointer place = kept.getPointer(at);
    place.capacity(count);
    ByteBuffer part = place.asByteBuffer();
    try {
      while (part.hasRemaining()) {
        if (channel.read(part, at + part.position()) < 0) {
          throw new EOFException(file + " is shorter than it was");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens the model. */
  @Benchmark
  public Model load() {
    loaded = Models.open(file.toString(), backend, Overrides.NONE);
    return loaded;
  }

  /** A model that has just been opened. */
  @State(org.openjdk.jmh.annotations.Scope.Benchmark)
  public static class Fresh {
    private Model model;

    /** Opens it, outside of the time. */
    @Setup(Level.Invocation)
    public void open(LoadingBenchmark file) {
      model = file.load();
    }
  }

  /** Runs a model for the first time. */
  @Benchmark
  public void firstRun(Fresh fresh) {
    run(fresh.model);
  }

  /** Runs a model that has run before. */
  @Benchmark
  public void run() {
    run(packed);
  }

  /** Frees what was loaded, outside of the time. */
  @TearDown(Level.Invocation)
  public void free() {
    if (loaded != null) {
      loaded.close();
      loaded = null;
    }
    if (kept != null) {
      Pointer.free(kept);
      kept = null;
    }
    backend.trim();
  }

  /** Removes the file. */
  @TearDown(Level.Trial)
  public void tearDown() throws IOException {
    packed.close();
    scope.close();
    backend.close();
    Files.delete(file);
    Files.delete(folder);
  }
}
