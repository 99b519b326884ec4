package dev.vitrine.kernels.probe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads CUDA's and cuDNN's libraries by path before JCuda's natives ask the system for them: from
 * the folders that {@code --libraries} names, or from the {@code cuda-redist} jar on the class
 * path. Where there is neither, the system's own search path decides.
 */
final class CudaLibraries {
  private static final String REDIST = "/org/bytedeco/cuda/linux-x86_64/";

  /** In the order in which one needs the other; each is loaded in the version that is found. */
  private static final List<String> LOADED =
      List.of("libcublasLt", "libcublas", "libnvrtc-builtins", "libnvrtc", "libcudnn");

  /** What the jar holds and the libraries above open by themselves, besides themselves. */
  private static final List<String> REDIST_FILES =
      List.of(
          "libcublasLt.so.12",
          "libcublas.so.12",
          "libnvrtc-builtins.so.12.6",
          "libnvrtc.so.12",
          "libcudnn.so.9",
          "libcudnn_graph.so.9",
          "libcudnn_ops.so.9",
          "libcudnn_cnn.so.9",
          "libcudnn_adv.so.9",
          "libcudnn_heuristic.so.9",
          "libcudnn_engines_precompiled.so.9",
          "libcudnn_engines_runtime_compiled.so.9");

  private CudaLibraries() {}

  static void load(ProbeSettings settings, Section section, Report report) throws IOException {
    List<Path> folders = new ArrayList<>(settings.libraries());
    if (CudaLibraries.class.getResource(REDIST + REDIST_FILES.get(0)) != null) {
      folders.add(unpackRedist(Path.of(System.getProperty("java.io.tmpdir"), "vitrine-cuda-12.6")));
    }
    for (Path folder : folders) {
      for (Path library : found(folder)) {
        report.check(
            section, library.toString(), () -> System.load(library.toAbsolutePath().toString()));
      }
    }
  }

  /** The libraries to load from a folder, in order; of several versions the shortest name. */
  static List<Path> found(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String name : LOADED) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .filter(file -> file.getFileName().toString().startsWith(name + ".so."))
            .min(
                (a, b) ->
                    Integer.compare(
                        a.getFileName().toString().length(), b.getFileName().toString().length()))
            .ifPresent(found::add);
      }
    }
    return found;
  }

  /** Copies the libraries out of the jar, once; 1.5 GB. */
  private static Path unpackRedist(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String file : REDIST_FILES) {
      Path target = folder.resolve(file);
      if (Files.exists(target)) {
        continue;
      }
      try (InputStream in = CudaLibraries.class.getResourceAsStream(REDIST + file)) {
        if (in == null) {
          throw new IOException("the cuda-redist jar has no " + file);
        }
        Path part = Files.createTempFile(folder, file, ".part");
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    return folder;
  }
}
