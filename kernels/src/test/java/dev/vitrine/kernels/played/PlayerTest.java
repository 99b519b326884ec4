package dev.vitrine.kernels.played;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.kernels.device.KernelArguments;
import dev.vitrine.kernels.device.Launch;
import dev.vitrine.kernels.device.OutOfDeviceMemory;
import org.junit.jupiter.api.Test;

/** The card that is played on the CPU notices what a kernel does wrong. */
final class PlayerTest {

  /** What the player says when a kernel runs on an array of 64 numbers and goes wrong. */
  private static void stops(Sanitizer sanitizer, String kernel, int skip, String... said) {
    PlayedDevice device = new PlayedDevice(sanitizer, 1 << 20, true);
    long x = device.allocate(4 * 64);
    KernelArguments arguments = new KernelArguments();
    switch (kernel) {
      case "writes_past_the_end" -> arguments.pointer(x).int32(64);
      case "reads_fours", "reads_before_the_beginning" -> arguments.pointer(x + skip).pointer(x);
      default -> arguments.pointer(x);
    }
    assertThatThrownBy(() -> device.launch(new Launch("faults", kernel, 2, 64, 0, arguments)))
        .isInstanceOf(AssertionError.class)
        .message()
        .contains(said);
  }

  @Test
  void anAddressOutsideAnArrayIsSeen() {
    String overflow = "heap-buffer-overflow";
    stops(Sanitizer.ADDRESS, "writes_past_the_end", 0, overflow, "WRITE of size 4");
    stops(Sanitizer.ADDRESS, "reads_before_the_beginning", 0, overflow, "READ of size 4");
  }

  @Test
  void aReadOfFourNumbersFromAnAddressThatIsNotForFourIsSeen() {
    stops(Sanitizer.ADDRESS, "reads_fours", 4, "misaligned address");
  }

  @Test
  void aMissingBarrierIsSeen() {
    stops(Sanitizer.THREAD, "reads_what_is_not_written_yet", 0, "data race");
  }

  @Test
  void aThreadThatDoesNotComeToABarrierIsSeen() {
    for (Sanitizer sanitizer : Sanitizer.values()) {
      stops(sanitizer, "leaves_before_the_barrier", 0, "not reached by all threads of a block");
    }
  }

  @Test
  void anArgumentOfAnotherSizeThanItsParameterIsSeen() {
    PlayedDevice device = new PlayedDevice();
    long x = device.allocate(256);
    KernelArguments arguments = new KernelArguments().pointer(x).pointer(x).int32(64);
    assertThatThrownBy(() -> device.launch(new Launch("relu", "relu_forward", 1, 64, 0, arguments)))
        .hasMessageContaining("an argument's size is not its parameter's");
  }

  @Test
  void memoryIsWhatWasUploadedAndNanBefore() {
    try (PlayedDevice device = new PlayedDevice(Sanitizer.ADDRESS, 1000, true)) {
      long x = device.allocate(12);
      float[] values = new float[3];
      device.download(x, values, 0, 3);
      assertThat(values).containsOnly(Float.NaN);
      device.upload(x + 4, new float[] {7, 8, 9}, 1, 2);
      device.download(x, values, 0, 3);
      assertThat(values).containsExactly(Float.NaN, 8, 9);
      long y = device.allocate(12);
      device.copy(x, y, 12);
      device.free(x);
      device.download(y, values, 1, 2);
      assertThat(values).containsExactly(Float.NaN, Float.NaN, 8);
      assertThat(device.freeBytes()).isEqualTo(988);
      assertThatThrownBy(() -> device.allocate(989)).isInstanceOf(OutOfDeviceMemory.class);
    }
  }

  @Test
  void aRecordingTakesEffectWithEachReplay() {
    try (PlayedDevice device = new PlayedDevice()) {
      long x = device.allocate(8);
      device.upload(x, new float[] {1, 2}, 0, 2);
      device.beginRecording();
      device.copy(x, x + 4, 4);
      device.launch(
          Launch.over(1, "unary", "fill", new KernelArguments().pointer(x).float32(5).int32(1)));
      var recorded = device.endRecording();
      float[] values = new float[2];
      device.download(x, values, 0, 2);
      assertThat(values).containsExactly(1, 2);
      recorded.replay();
      device.download(x, values, 0, 2);
      assertThat(values).containsExactly(5, 1);
      recorded.replay();
      device.download(x, values, 0, 2);
      assertThat(values).containsExactly(5, 5);
    }
  }
}
