package dev.vitrine.kernels.played;

import dev.vitrine.kernels.device.ConvolutionCall;
import dev.vitrine.kernels.device.Device;
import dev.vitrine.kernels.device.Launch;
import dev.vitrine.kernels.device.OutOfDeviceMemory;
import dev.vitrine.kernels.device.Product;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A card that is played on the CPU: memory and kernels by a program that g++ has made of them,
 * matrix products and convolutions by plain loops in Java, recordings as lists of calls.
 */
public final class PlayedDevice implements Device {
  private final PlayerProcess player;
  private final long totalBytes;
  private final boolean convolves;
  private final Map<Long, Long> sizes = new HashMap<>();
  private long usedBytes;
  private List<Runnable> recording;
  private boolean closed;

  /**
   * A card.
   *
   * @param totalBytes its memory
   * @param convolves whether its library has an algorithm for any convolution, or for none
   */
  public PlayedDevice(Sanitizer sanitizer, long totalBytes, boolean convolves) {
    player = new PlayerProcess(sanitizer);
    this.totalBytes = totalBytes;
    this.convolves = convolves;
  }

  /** A card of 1 GiB that convolves. */
  public PlayedDevice() {
    this(Sanitizer.ADDRESS, 1L << 30, true);
  }

  @Override
  public String description() {
    return "a card played on the CPU";
  }

  // ---- memory ----

  @Override
  public long allocate(long bytes) {
    if (bytes > freeBytes()) {
      throw new OutOfDeviceMemory(bytes, freeBytes());
    }
    long address = player.allocate(bytes);
    sizes.put(address, bytes);
    usedBytes += bytes;
    return address;
  }

  @Override
  public void free(long address) {
    notRecording("free");
    if (!sizes.containsKey(address)) {
      throw new IllegalStateException("free: no memory begins at " + address);
    }
    usedBytes -= sizes.remove(address);
    player.free(address);
  }

  @Override
  public long freeBytes() {
    return totalBytes - usedBytes;
  }

  @Override
  public long totalBytes() {
    return totalBytes;
  }

  @Override
  public void upload(long address, float[] source, int from, int count) {
    notRecording("upload");
    ByteBuffer data = bytes(count);
    data.asFloatBuffer().put(source, from, count);
    player.upload(address, data);
  }

  @Override
  public void upload(long address, int[] source, int from, int count) {
    notRecording("upload");
    ByteBuffer data = bytes(count);
    data.asIntBuffer().put(source, from, count);
    player.upload(address, data);
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void download(long address, float[] target, int to, int count) {
    notRecording("download");
    player.download(address, 4 * count).asFloatBuffer().get(target, to, count);
  }

  @Override
  public void download(long address, int[] target, int to, int count) {
    notRecording("download");
    player.download(address, 4 * count).asIntBuffer().get(target, to, count);
  }

  @Override
  public void download(long address, byte[] target, int to, int count) {
    notRecording("download");
    player.download(address, count).get(target, to, count);
  }

  @Override
  public void copy(long from, long to, long bytes) {
    act(() -> player.copy(from, to, bytes));
  }

  // ---- work ----

  @Override
  public void launch(Launch launch) {
    act(() -> player.launch(launch));
  }

  @Override
  public void multiply(Product product, long a, long b, long y) {
    act(
        () -> {
          float[] left = get(a, product.m() * product.k());
          float[] right = get(b, product.k() * product.n());
          put(y, PlayedLibrary.multiply(product, left, right));
        });
  }

  @Override
  public boolean convolve(ConvolutionCall call, long a, long b, long result, Workspace workspace) {
    if (!convolves) {
      return false;
    }
    int bytes = 4 * (1 + call.padH());
    workspace.lend(
        bytes,
        scratch ->
            act(
                () -> {
                  put(scratch, new float[bytes / 4]); // as an algorithm that uses it would
                  float[] first = get(a, PlayedLibrary.firstSize(call));
                  float[] second = get(b, PlayedLibrary.secondSize(call));
                  put(result, PlayedLibrary.convolve(call, first, second));
                }));
    return true;
  }

  private float[] get(long address, int count) {
    float[] values = new float[count];
    player.download(address, 4 * count).asFloatBuffer().get(values);
    return values;
  }

  private void put(long address, float[] values) {
    ByteBuffer data = bytes(values.length);
    data.asFloatBuffer().put(values);
    player.upload(address, data);
  }

  // ---- recordings ----

  private void act(Runnable call) {
    if (recording == null) {
      call.run();
    } else {
      recording.add(call);
    }
  }

  private void notRecording(String call) {
    if (recording != null) {
      throw new IllegalStateException(call + ": a recording is going on");
    }
  }

  @Override
  public void beginRecording() {
    notRecording("beginRecording");
    recording = new ArrayList<>();
  }

  @Override
  public Recorded endRecording() {
    List<Runnable> calls = List.copyOf(recording);
    recording = null;
    return new Recorded() {
      @Override
      public void replay() {
        calls.forEach(PlayedDevice.this::act);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void synchronize() {
    notRecording("synchronize");
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      player.close();
    }
  }
}
