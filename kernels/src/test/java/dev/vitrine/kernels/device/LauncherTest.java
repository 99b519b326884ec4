package dev.vitrine.kernels.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.kernels.device.KernelArguments.Kind;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LauncherTest {
  private final List<Launch> launched = new ArrayList<>();
  private final Launcher launcher =
      new Launcher(
          (Device)
              Proxy.newProxyInstance(
                  Device.class.getClassLoader(),
                  new Class<?>[] {Device.class},
                  (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("launch");
                    launched.add((Launch) arguments[0]);
                    return null;
                  }));

  private static KernelArguments relu() {
    return new KernelArguments().pointer(256).pointer(512).int64(7);
  }

  @Test
  void aKernelIsLaunchedWithTheArgumentsOfItsSignature() {
    Launch launch = Launch.over(7, "relu", "relu_forward", relu());
    launcher.launch(launch);
    assertThat(launched).containsExactly(launch);
    assertThat(launch.blocks() * launch.threads()).isGreaterThanOrEqualTo(7);
  }

  @Test
  void everyThreadHasAnElementAndEveryElementAThread() {
    for (long count : new long[] {1, 255, 256, 257, Integer.MAX_VALUE}) {
      long blocks = Launch.over(count, "relu", "relu_forward", relu()).blocks();
      assertThat(blocks * Launch.THREADS).isGreaterThanOrEqualTo(count);
      assertThat((blocks - 1) * Launch.THREADS).isLessThan(count);
    }
  }

  private void refused(Launch launch, String... words) {
    assertThatThrownBy(() -> launcher.launch(launch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
    assertThat(launched).isEmpty();
  }

  @Test
  void whatNoCardCouldRunIsRefused() {
    refused(new Launch("relu", "relu_forward", 0, 256, 0, relu()), "relu.cu", "0 blocks");
    refused(new Launch("relu", "relu_forward", 1, 1025, 0, relu()), "1025 threads");
    refused(new Launch("relu", "relu_forward", 1, 0, 0, relu()), "0 threads");
    refused(new Launch("relu", "relu_forward", 1, 32, 48 * 1024 + 1, relu()), "shared memory");
  }

  @Test
  void aKernelThatIsNotThereIsRefused() {
    refused(Launch.over(7, "relu", "relu_sideways", relu()), "relu_sideways", "relu_forward");
    refused(Launch.over(7, "rely", "relu_forward", relu()), "rely.cu");
  }

  @Test
  void otherArgumentsThanTheSignaturesAreRefused() {
    KernelArguments tooFew = new KernelArguments().pointer(256).pointer(512);
    KernelArguments wrong = new KernelArguments().pointer(256).pointer(512).int32(7);
    refused(Launch.over(7, "relu", "relu_forward", tooFew), "[POINTER, POINTER]", "LONG]");
    refused(Launch.over(7, "relu", "relu_forward", wrong), "INT]", "LONG]");
  }

  @Test
  void aNullPointerIsRefusedUnlessItMayBe() {
    assertThatThrownBy(() -> new KernelArguments().pointer(256).pointer(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("argument 1");
    assertThat(new KernelArguments().optionalPointer(0).list()).hasSize(1);
  }

  @Test
  void aSignatureIsReadFromTheSource() {
    KernelSource source =
        new KernelSource(
            "a.cu",
            """
            // extern "C" __global__ void not_me(int n)
            template <class T> __device__ void helper(T* x, int n) {}
            extern "C" __global__ void one(const float* x, float *y, const Shape s,
                                           long long n, unsigned m /* of blocks, say */, float a) {}
            extern "C" __global__ void __launch_bounds__(256) two(int n) {}
            """,
            Map.of());
    assertThat(Signature.of(source))
        .containsOnly(
            Map.entry(
                "one",
                new Signature(
                    List.of(
                        Kind.POINTER, Kind.POINTER, Kind.STRUCT, Kind.LONG, Kind.INT, Kind.FLOAT))),
            Map.entry("two", new Signature(List.of(Kind.INT))));
  }

  @Test
  void argumentsLieAsTheCardReadsThem() {
    List<KernelArguments.Argument> list =
        new KernelArguments().int32(258).int64(-2).float32(1).ints(1, 2).list();
    assertThat(list.get(0).bytes()).containsExactly(2, 1, 0, 0);
    assertThat(list.get(1).bytes()).containsExactly(-2, -1, -1, -1, -1, -1, -1, -1);
    assertThat(list.get(2).bytes()).containsExactly(0, 0, (byte) 0x80, 0x3f);
    assertThat(list.get(3).bytes()).containsExactly(1, 0, 0, 0, 2, 0, 0, 0);
  }
}
