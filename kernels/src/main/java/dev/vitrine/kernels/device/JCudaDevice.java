package dev.vitrine.kernels.device;

import static jcuda.driver.JCudaDriver.*;

import dev.vitrine.engine.backend.BackendException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import jcuda.Pointer;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.nvrtc.JNvrtc;

/** An NVIDIA card through JCuda: the driver, NVRTC, cuBLAS and cuDNN. */
public final class JCudaDevice implements Device {
  private final Gpu gpu;
  private final String description;
  private final KernelModules kernels;
  private final Staging staging;
  private final Cublas cublas;
  private final Convolutions convolutions;
  private final Set<Long> allocated = new HashSet<>();
  private boolean recording;
  private boolean closed;

  /**
   * Opens a card, counted from 0.
   *
   * @param tf32 whether convolutions and products may be rounded to TF32; else strict float32
   * @param cache the folder for compiled kernels and choices of algorithms; empty to keep none
   * @throws MissingDevice if there is no such card
   * @throws BackendException if the driver or a library refuses
   */
  public JCudaDevice(int number, boolean tf32, Optional<Path> cache) {
    gpu = new Gpu(number);
    String card = gpu.name();
    String cudnn = Cudnn.version();
    kernels = new KernelModules(gpu, new BinaryCache(cache.map(c -> c.resolve("kernels"))));
    staging = new Staging(gpu);
    cublas = new Cublas(gpu);
    cublas.mode(tf32 ? Cublas.Mode.TF32 : Cublas.Mode.PEDANTIC);
    String choices = "%s cudnn-%s %s".formatted(card, cudnn, tf32 ? "tf32" : "fp32");
    Optional<Path> file =
        cache.map(c -> c.resolve("convolutions").resolve(fileName(choices) + ".txt"));
    convolutions = new Convolutions(gpu, tf32, new AlgorithmFile(file));
    description =
        "%s, %.1f GB, driver for CUDA %s, cuDNN %s, cuBLAS %s, %s"
            .formatted(
                card,
                gpu.totalBytes() / 1e9,
                Gpu.driverVersion(),
                cudnn,
                cublas.version(),
                tf32 ? "TF32" : "float32");
  }

  /**
   * The number of cards. Loads the libraries, all that a card needs.
   *
   * @throws MissingDevice if there is none
   * @throws LinkageError if a library is not found
   */
  public static int count() {
    int count = Gpu.count();
    JNvrtc.nvrtcVersion(new int[1], new int[1]);
    JCublas2.initialize();
    JCudnn.initialize();
    return count;
  }

  private static String fileName(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-");
  }

  @Override
  public String description() {
    return description;
  }

  // ---- memory ----

  @Override
  public long allocate(long bytes) {
    bind();
    Address address = new Address();
    int result = cuMemAlloc(address, bytes);
    if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      throw new OutOfDeviceMemory(bytes, gpu.freeBytes());
    }
    Gpu.check(result, "cuMemAlloc of %,d bytes".formatted(bytes));
    allocated.add(address.value());
    return address.value();
  }

  @Override
  public void free(long address) {
    notRecording("free");
    if (!allocated.remove(address)) {
      throw new IllegalStateException("address %x was not allocated here".formatted(address));
    }
    Gpu.check(cuMemFree(new Address(address)), "cuMemFree");
  }

  @Override
  public long freeBytes() {
    bind();
    return gpu.freeBytes();
  }

  @Override
  public long totalBytes() {
    bind();
    return gpu.totalBytes();
  }

  @Override
  public void upload(long address, float[] source, int from, int count) {
    notRecording("upload");
    staging.upload(address, 4, count, (b, at, n) -> b.asFloatBuffer().put(source, from + at, n));
  }

  @Override
  public void upload(long address, int[] source, int from, int count) {
    notRecording("upload");
    staging.upload(address, 4, count, (b, at, n) -> b.asIntBuffer().put(source, from + at, n));
  }

  @Override
  public void download(long address, float[] target, int to, int count) {
    notRecording("download");
    staging.download(address, 4, count, (b, at, n) -> b.asFloatBuffer().get(target, to + at, n));
  }

  @Override
  public void download(long address, int[] target, int to, int count) {
    notRecording("download");
    staging.download(address, 4, count, (b, at, n) -> b.asIntBuffer().get(target, to + at, n));
  }

  @Override
  public void download(long address, byte[] target, int to, int count) {
    notRecording("download");
    staging.download(address, 1, count, (b, at, n) -> b.get(target, to + at, n));
  }

  @Override
  public void copy(long from, long to, long bytes) {
    bind();
    Gpu.check(
        cuMemcpyDtoDAsync(new Address(to), new Address(from), bytes, gpu.stream()),
        "cuMemcpyDtoDAsync");
  }

  // ---- work ----

  @Override
  public void launch(Launch launch) {
    bind();
    Pointer[] arguments =
        launch.arguments().list().stream().map(a -> Pointer.to(a.bytes())).toArray(Pointer[]::new);
    Gpu.check(
        cuLaunchKernel(
            kernels.function(launch.file(), launch.kernel()),
            launch.blocks(),
            1,
            1,
            launch.threads(),
            1,
            1,
            launch.sharedBytes(),
            gpu.stream(),
            Pointer.to(arguments),
            null),
        launch.kernel());
  }

  @Override
  public void multiply(Product product, long a, long b, long y) {
    bind();
    cublas.multiply(product, new Address(a), new Address(b), new Address(y));
  }

  @Override
  public boolean convolve(ConvolutionCall call, long a, long b, long result, Workspace workspace) {
    bind();
    return convolutions.convolve(call, a, b, result, workspace, recording);
  }

  // ---- recordings ----

  @Override
  public void beginRecording() {
    notRecording("beginRecording");
    // Relaxed, since the pool may ask the driver for memory meanwhile.
    Gpu.check(
        cuStreamBeginCapture(gpu.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED),
        "cuStreamBeginCapture");
    recording = true;
  }

  @Override
  public Recorded endRecording() {
    bind();
    recording = false;
    CUgraph graph = new CUgraph();
    Gpu.check(cuStreamEndCapture(gpu.stream(), graph), "cuStreamEndCapture");
    CUgraphExec executable = new CUgraphExec();
    int result = cuGraphInstantiate(executable, graph, 0);
    cuGraphDestroy(graph);
    Gpu.check(result, "cuGraphInstantiate");
    return new Recorded() {
      private boolean released;

      @Override
      public void replay() {
        bind();
        if (released) {
          throw new IllegalStateException("the recording has been closed");
        }
        Gpu.check(cuGraphLaunch(executable, gpu.stream()), "cuGraphLaunch");
      }

      @Override
      public void close() {
        if (!released && !closed) {
          gpu.tryToBind();
          cuStreamSynchronize(gpu.stream());
          cuGraphExecDestroy(executable);
        }
        released = true;
      }
    };
  }

  @Override
  public void synchronize() {
    notRecording("synchronize");
    gpu.synchronize();
  }

  private void notRecording(String call) {
    bind();
    if (recording) {
      throw new IllegalStateException(
          call + " cannot be part of a step that is recorded; do it before or after the step");
    }
  }

  private void bind() {
    if (closed) {
      throw new IllegalStateException("the card has been closed");
    }
    gpu.bind();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    gpu.tryToBind();
    cuStreamSynchronize(gpu.stream());
    convolutions.close();
    cublas.close();
    staging.close();
    kernels.close();
    allocated.forEach(address -> cuMemFree(new Address(address)));
    allocated.clear();
    gpu.close();
  }
}
