package dev.vitrine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files end in one clear line or in a network that runs: never in another error, a hang, or
 * memory that nothing in the file asks for. {@code -Dvitrine.mutations=20000} is the large run,
 * {@code -Dvitrine.mutations.seed} repeats a part of it.
 */
class MutatedFilesTest {
  private static final int COUNT = Integer.getInteger("vitrine.mutations", 600);
  private static final long SEED = Long.getLong("vitrine.mutations.seed", 1);

  /**
   * What a refusal may allocate on the heap beyond what the undamaged file takes: the structures of
   * all known networks may be read to find out whose weights it has.
   */
  private static final long SLACK = 24 << 20;

  private static final long MOST_SECONDS = 20;
  private static final long MOST_ELEMENTS = 4_000_000;

  private static final List<String> FILES =
      List.of(
          "models/tiny_vgg.h5",
          "keras/files/functional.h5",
          "keras/files/functional_as_keras2.h5",
          "keras/files/sequential.h5",
          "keras/files/plain.h5",
          "keras/files/chunks.h5",
          "keras/files/numbers.h5",
          "keras/files/only.weights.h5",
          "keras/files/chain.keras",
          "keras/files/nested.keras",
          "keras/files/nested.h5",
          "keras/files/activations.h5",
          "first.safetensors",
          "keras/files/keras2/fullconfigs__cnn__cnn_batch_norm.h5",
          "keras/files/keras2/keras__simple__cnn_tf_model.h5",
          "keras/files/keras2/weights__conv2d_reshape_theano_1.h5");

  @TempDir Path folder;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private long peak;

  /** What came of one file. */
  private record Outcome(String kind, long heap, long backend, long nanos, String complaint) {}

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void damageEndsInOneLineOrInANetworkThatRuns() throws IOException {
    List<String> complaints = new ArrayList<>();
    Map<String, Integer> kinds = new TreeMap<>();
    long mostHeap = 0;
    long mostBackend = 0;
    long slowest = 0;
    try (Backend reference = Backends.open("reference", false, line -> {})) {
      Backend watched = watched(reference);
      List<byte[]> originals = new ArrayList<>();
      List<Outcome> whole = new ArrayList<>();
      for (String name : FILES) {
        originals.add(bytes(name));
        load(name, originals.get(originals.size() - 1), watched); // classes and caches
        whole.add(load(name, originals.get(originals.size() - 1), watched));
      }
      for (int i = 0; i < COUNT; i++) {
        int file = i % FILES.size();
        byte[] mutated = new Mutation(SEED + i).of(originals.get(file));
        Outcome outcome = load(FILES.get(file), mutated, watched);
        kinds.merge(outcome.kind(), 1, Integer::sum);
        mostHeap = Math.max(mostHeap, outcome.heap());
        mostBackend = Math.max(mostBackend, outcome.backend());
        slowest = Math.max(slowest, outcome.nanos());
        String what = FILES.get(file) + " with seed " + (SEED + i) + ": ";
        if (outcome.complaint() != null) {
          complaints.add(what + outcome.complaint());
        }
        Outcome before = whole.get(file);
        if (outcome.heap() > 2 * before.heap() + SLACK) {
          complaints.add(what + "allocates " + outcome.heap() + ", whole " + before.heap());
        }
        if (outcome.backend() > 2 * Math.max(before.backend(), 2L * mutated.length) + 4096) {
          complaints.add(what + "takes " + outcome.backend() + " of " + before.backend());
        }
        if (outcome.nanos() > TimeUnit.SECONDS.toNanos(MOST_SECONDS)) {
          complaints.add(what + "takes " + TimeUnit.NANOSECONDS.toSeconds(outcome.nanos()) + " s");
        }
        if (reference.liveBytes() != 0) {
          complaints.add(what + "leaves " + reference.liveBytes() + " bytes alive");
          break;
        }
      }
    }
    System.out.printf(
        "%d damaged files: %s; most heap %,d, most on the backend %,d bytes, slowest %d ms%n",
        COUNT, kinds, mostHeap, mostBackend, TimeUnit.NANOSECONDS.toMillis(slowest));
    assertThat(complaints).isEmpty();
    assertThat(kinds).as("both ends are reached").containsKeys("refused", "runs");
  }

  /** A file that ships with the tests, or the first convolution of torchvision's VGG16 alone. */
  private static byte[] bytes(String name) throws IOException {
    if (name.endsWith(".safetensors")) {
      String header =
          """
          {"features.0.bias": {"dtype": "F32", "shape": [64], "data_offsets": [0, 256]},
           "features.0.weight": {"dtype": "F32", "shape": [64, 3, 3, 3], "data_offsets": [256, 7168]}}
          """;
      byte[] text = header.getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(8 + text.length + 7168)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(text.length)
          .put(text)
          .array();
    }
    try (InputStream in = MutatedFilesTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private Outcome load(String name, byte[] bytes, Backend backend) throws IOException {
    Path file = folder.resolve(name.substring(name.lastIndexOf('/') + 1));
    Files.write(file, bytes);
    peak = 0;
    long thread = Thread.currentThread().getId();
    long heap = threads.getThreadAllocatedBytes(thread);
    long start = System.nanoTime();
    String kind = "refused";
    String complaint = null;
    long loaded = -1;
    try (Model model = Models.open(file.toString(), backend, Overrides.NONE)) {
      loaded = peak;
      kind = runs(model.network()) ? "runs" : "too large to run here";
    } catch (BadInputException e) {
      if (!e.getMessage().contains(file.getFileName().toString())
          || e.getMessage().length() > 2000) {
        complaint = "says " + e.getMessage();
      }
    } catch (RuntimeException | Error e) {
      kind = "broken";
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      complaint = trace.toString().lines().limit(9).collect(Collectors.joining("\n"));
    }
    return new Outcome(
        kind,
        threads.getThreadAllocatedBytes(thread) - heap,
        loaded < 0 ? peak : loaded,
        System.nanoTime() - start,
        complaint);
  }

  /** Runs a network on zeros, unless it is one for pictures larger than a test has time for. */
  private static boolean runs(Network network) {
    Shape x = network.inputShape();
    for (int axis = 1; axis < 3; axis++) {
      x = x.dim(axis) > 0 ? x : x.with(axis, 32);
    }
    Map<String, Shape> shapes;
    try {
      shapes = network.shapes(x);
    } catch (IllegalArgumentException e) {
      return true; // a clear line that 32 pixels are too few
    }
    if (shapes.values().stream().mapToLong(Shape::size).sum() > MOST_ELEMENTS) {
      return false;
    }
    try (Scope scope = new Scope(network.backend());
        Run run = network.forward(scope.of(x, new float[(int) x.size()]))) {
      return run.output().toDoubles().length > 0;
    }
  }

  /** The backend, which notes the most bytes that were alive on it at once. */
  private Backend watched(Backend backend) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(backend, arguments);
                if (method.getName().startsWith("alloc")) {
                  peak = Math.max(peak, backend.liveBytes());
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
