package dev.vitrine.kernels.device;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The one place from which kernels are launched: it checks what it is given. */
public final class Launcher {
  private static final int MOST_THREADS = 1024;
  private static final int MOST_SHARED_BYTES = 48 << 10;

  private final Device device;
  private final Map<String, Map<String, Signature>> signatures = new HashMap<>();

  public Launcher(Device device) {
    this.device = device;
  }

  /**
   * Runs a kernel on the device.
   *
   * @throws IllegalArgumentException if there is no such kernel, if the arguments are not those of
   *     its signature, or if no card could run so many threads
   */
  public void launch(Launch launch) {
    if (launch.blocks() < 1 || launch.threads() < 1 || launch.threads() > MOST_THREADS) {
      throw refused(
          launch,
          "%s blocks of %s threads; a grid has 1 block or more of 1 to %s threads",
          launch.blocks(),
          launch.threads(),
          MOST_THREADS);
    }
    if (launch.sharedBytes() < 0 || launch.sharedBytes() > MOST_SHARED_BYTES) {
      throw refused(
          launch,
          "%s bytes of shared memory; a block has 0 to %s",
          launch.sharedBytes(),
          MOST_SHARED_BYTES);
    }
    checkArguments(launch);
    device.launch(launch);
  }

  private void checkArguments(Launch launch) {
    Map<String, Signature> file =
        signatures.computeIfAbsent(
            launch.file(), name -> Signature.of(KernelSource.of(name + ".cu")));
    Signature signature = file.get(launch.kernel());
    if (signature == null) {
      throw refused(launch, "no such kernel; the file has %s", new TreeSet<>(file.keySet()));
    }
    List<KernelArguments.Kind> given =
        launch.arguments().list().stream().map(KernelArguments.Argument::kind).toList();
    if (!given.equals(signature.kinds())) {
      throw refused(launch, "the arguments are %s, it takes %s", given, signature.kinds());
    }
  }

  private static IllegalArgumentException refused(Launch launch, String format, Object... found) {
    return new IllegalArgumentException(
        launch.file()
            + ".cu: "
            + launch.kernel()
            + ": "
            + String.format(Locale.ROOT, format, found));
  }
}
