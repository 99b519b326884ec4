package dev.vitrine.weights.keras;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.weights.array.Npy;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares files too large to be kept with what Keras computes of them:
 *
 * <pre>CompareByHand FILE... </pre>
 *
 * <p>Beside each {@code NAME.h5}, {@code NAME.keras} or {@code NAME.safetensors} lies {@code
 * NAME.npz}, with the input {@code x} and layers' outputs by their names, as {@code
 * networks/make_networks.py --files} writes them. Prints the largest differences, relative to the
 * largest number, and times.
 */
final class CompareByHand {
  private CompareByHand() {}

  public static void main(String[] files) throws Exception {
    for (String file : files) {
      try (Backend backend = Backends.open("cpu", false, line -> {})) {
        compare(Path.of(file), backend);
      }
    }
  }

  private static void compare(Path file, Backend backend) throws Exception {
    String name = file.getFileName().toString().replaceFirst("\\..*$", "");
    Map<String, Npy> arrays;
    try (InputStream in = Files.newInputStream(file.resolveSibling(name + ".npz"))) {
      arrays = Npy.readArchive(name, in);
    }
    long start = System.nanoTime();
    try (Network network = KerasImporter.read(file, backend);
        Scope scope = new Scope(backend)) {
      StringBuilder line = new StringBuilder();
      line.append(
          String.format(Locale.ROOT, "%-32s read in %.1f s", file.getFileName(), since(start)));
      List<String> layers = new ArrayList<>();
      for (String key : arrays.keySet()) {
        if (network.has(key)) {
          layers.add(key);
        }
      }
      String[] wanted =
          layers.stream().map(key -> network.layer(key).name()).toArray(String[]::new);
      Tensor x = scope.of(Shape.of(arrays.get("x").shape()), arrays.get("x").floats());
      try (Run run = network.forward(x, Listen.to(wanted))) {
        for (String key : layers) {
          float[] found = run.output(network.layer(key).name()).toFloats();
          line.append(String.format(Locale.ROOT, "  %s %.1e", key, far(found, arrays.get(key))));
        }
      }
      double best = Double.MAX_VALUE;
      for (int round = 0; round < 7; round++) {
        long begin = System.nanoTime();
        try (Run run = network.forward(x)) {
          run.output().toFloats();
        }
        best = Math.min(best, since(begin));
      }
      System.out.println(line + String.format(Locale.ROOT, "  forward %.0f ms", best * 1000));
    }
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static double far(float[] found, Npy expected) {
    float[] floats = expected.floats();
    double largest = 0;
    double worst = found.length == floats.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(found.length, floats.length); i++) {
      largest = Math.max(largest, Math.abs(floats[i]));
      worst = Math.max(worst, Math.abs(found[i] - floats[i]));
    }
    return worst / largest;
  }
}
