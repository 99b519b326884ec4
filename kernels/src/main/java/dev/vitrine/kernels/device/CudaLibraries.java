package dev.vitrine.kernels.device;

import dev.vitrine.engine.backend.BackendException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where CUDA's and cuDNN's libraries are that are to be loaded by path before JCuda's natives ask
 * the system for them: in folders that somebody names, or in the {@code cuda-redist} jar on the
 * class path. Where there is neither, the system's own search path decides.
 */
public final class CudaLibraries {
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

  /**
   * The folders in the value of the environment's {@code VITRINE_CUDA}, which is a list of folders
   * or the word {@code redist}.
   */
  public static List<Path> folders(String vitrineCuda) {
    if (vitrineCuda == null || vitrineCuda.isBlank() || vitrineCuda.equals("redist")) {
      return List.of();
    }
    return Arrays.stream(vitrineCuda.split(File.pathSeparator)).map(Path::of).toList();
  }

  /**
   * The libraries to load, in order.
   *
   * @param folders come before the jar
   * @param unpacked where the jar's libraries go, 1.5 GB, once
   * @throws BackendException if a folder is not there
   * @throws IOException if a folder cannot be read, or the jar not be unpacked
   */
  public static List<Path> find(List<Path> folders, Path unpacked) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw new BackendException(
            "%s is to hold CUDA's libraries, but is no folder; see VITRINE_CUDA".formatted(folder));
      }
      found.addAll(in(folder));
    }
    if (CudaLibraries.class.getResource(REDIST + REDIST_FILES.get(0)) != null) {
      unpackRedist(unpacked);
      found.addAll(in(unpacked));
    }
    return found;
  }

  /** The libraries to load from a folder, in order; of several versions the shortest name. */
  static List<Path> in(Path folder) throws IOException {
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

  private static void unpackRedist(Path folder) throws IOException {
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
        try {
          Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
          Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
          Files.deleteIfExists(part);
        }
      }
    }
  }
}
