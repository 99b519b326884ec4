package dev.vitrine.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which block somebody gets. */
final class NativeMemoryTest {
  private final NativeMemory memory = new NativeMemory();

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void whatWasGivenBackLastIsTakenFirstIfItIsAtMostTwiceAsLarge() {
    Block small = memory.take(1000);
    Block large = memory.take(2000);
    Block huge = memory.take(2100);
    memory.give(small);
    memory.give(large);
    memory.give(huge);
    assertThat(memory.take(1024)).as("1024 of 1024, 2048 and 2560").isSameAs(large);
    assertThat(memory.liveBytes()).isEqualTo(2048);
    assertThat(memory.pooledBytes()).isEqualTo(1024 + 2560);
    memory.give(large);
    memory.give(memory.takeToKeep(1024));
    assertThat(memory.take(1024)).as("the smaller one came back later").isSameAs(small);
    assertThat(memory.take(1024)).isSameAs(large);
    assertThat(memory.take(1024)).as("a new one").isNotSameAs(huge);
  }

  @Test
  void whatStaysGetsNoMoreThanItNeeds() {
    Block large = memory.take(2048);
    memory.give(large);
    Block kept = memory.takeToKeep(1024);
    assertThat(kept.bytes()).isEqualTo(1024);
    memory.give(kept);
    memory.give(memory.take(2048));
    assertThat(memory.takeToKeep(1000)).isSameAs(kept);
  }

  @Test
  void aSequenceOfRequestsThatRepeatsItselfTakesNoMoreMemoryAfterAWhile() {
    long[] sizes = {4_743_000, 1_161_600, 193_600, 774_400, 774_400, 1_548_800, 600_000, 300};
    long pooled = 0;
    for (int round = 0; round < 50; round++) {
      Block before = memory.take(618_000);
      for (long size : sizes) {
        Block next = memory.take(size);
        memory.give(before);
        before = next;
      }
      memory.give(before);
      if (round == 10) {
        pooled = memory.pooledBytes();
      }
    }
    assertThat(memory.liveBytes()).isZero();
    assertThat(memory.pooledBytes()).isEqualTo(pooled);
  }
}
