package dev.vitrine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.kernels.device.Device;
import dev.vitrine.kernels.device.OutOfDeviceMemory;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DeviceMemoryTest {
  private static final long LIMIT = 10_000;

  private final Map<Long, Long> allocated = new HashMap<>();
  private long next = 1 << 20;
  private int refusals;
  private final DeviceMemory memory =
      new DeviceMemory(
          (Device)
              Proxy.newProxyInstance(
                  Device.class.getClassLoader(),
                  new Class<?>[] {Device.class},
                  (proxy, method, arguments) ->
                      switch (method.getName()) {
                        case "allocate" -> allocate((long) arguments[0]);
                        case "free" -> {
                          assertThat(allocated.remove((long) arguments[0])).isNotNull();
                          yield null;
                        }
                        default -> throw new AssertionError(method.getName());
                      }));

  private long allocate(long bytes) {
    long used = allocated.values().stream().mapToLong(b -> b).sum();
    if (used + bytes > LIMIT) {
      refusals++;
      throw new OutOfDeviceMemory(bytes, LIMIT - used);
    }
    next += 1 << 20;
    allocated.put(next, bytes);
    return next;
  }

  @Test
  void aBlockIsReusedForWhatItsClassHolds() {
    Block block = memory.take(1000);
    assertThat(block.bytes()).isEqualTo(1024);
    memory.give(block);
    assertThat(memory.take(900)).as("900 and 1000 are of one class").isEqualTo(block);
    assertThat(allocated).hasSize(1);
  }

  @Test
  void everyByteIsLiveOrPooledOrTheCards() {
    Block one = memory.take(1024);
    Block two = memory.take(2048);
    memory.give(one);
    assertThat(memory.liveBytes()).isEqualTo(2048);
    assertThat(memory.pooledBytes()).isEqualTo(1024);
    memory.trim();
    assertThat(memory.pooledBytes()).isZero();
    assertThat(allocated.values()).containsExactly(2048L);
    memory.close();
    assertThat(memory.liveBytes()).isZero();
    assertThat(allocated).isEmpty();
    assertThat(two.bytes()).isEqualTo(2048);
  }

  @Test
  void aBlockIsGivenBackOnce() {
    Block block = memory.take(1);
    memory.give(block);
    assertThatThrownBy(() -> memory.give(block)).isInstanceOf(IllegalStateException.class);
    assertThat(memory.liveBytes()).isZero();
  }

  @Test
  void aFullCardEmptiesThePoolAndTriesOnceMore() {
    memory.give(memory.take(8192));
    Block block = memory.take(6144);
    assertThat(refusals).isEqualTo(1);
    assertThat(allocated.values()).containsExactly(6144L);
    assertThat(memory.pooledBytes()).isZero();
    memory.give(block);
  }

  @Test
  void whatDoesNotFitIsRefusedWithNumbersAndTheRestGoesOn() {
    Block held = memory.take(8192);
    assertThatThrownBy(() -> memory.take(4096))
        .isInstanceOf(BackendException.class)
        .hasMessageContainingAll("4,096 bytes", "1,808 bytes", "8,192 bytes", "smaller batch");
    assertThat(refusals).isEqualTo(2);
    assertThat(memory.liveBytes()).isEqualTo(8192);
    memory.give(held);
    assertThat(memory.take(4096).bytes()).isEqualTo(4096);
  }

  @Test
  void anArenasBlocksAreNobodyElsesUntilItCloses() {
    memory.give(memory.take(1024));
    DeviceMemory.Arena arena = memory.arena();
    Block inside = memory.take(1024);
    memory.give(inside);
    assertThat(memory.take(1024)).isEqualTo(inside);
    memory.give(inside);
    arena.seal();
    assertThat(memory.pooledBytes()).isEqualTo(1024);
    Block outside = memory.take(1024);
    assertThat(outside).isNotEqualTo(inside);
    memory.give(outside);
    memory.trim();
    assertThat(memory.pooledBytes()).as("what the recording needs").isEqualTo(1024);
    arena.close();
    assertThat(memory.take(1024)).isEqualTo(inside);
  }

  @Test
  void aBlockThatOutlivesItsArenaReturnsToThePool() {
    DeviceMemory.Arena arena = memory.arena();
    Block block = memory.take(1024);
    arena.seal();
    arena.close();
    memory.give(block);
    assertThat(memory.pooledBytes()).isEqualTo(1024);
    memory.trim();
    assertThat(allocated).isEmpty();
  }

  @Test
  void whatWasThereBeforeCannotBeGivenBackWhileAStepIsRecorded() {
    Block before = memory.take(1024);
    DeviceMemory.Arena arena = memory.arena();
    assertThatThrownBy(() -> memory.give(before))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("recorded");
    arena.close();
    memory.give(before);
    assertThat(memory.liveBytes()).isZero();
  }
}
