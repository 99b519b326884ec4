package dev.vitrine.weights.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Pieces of work by whoever is free. */
class LoadingTest {

  @Test
  void everyPieceIsDoneOnce() {
    List<AtomicInteger> done = new ArrayList<>();
    try (Loading loading = new Loading()) {
      for (int array = 0; array < 30; array++) {
        List<Runnable> pieces = new ArrayList<>();
        for (int i = 0; i < array % 7; i++) {
          AtomicInteger times = new AtomicInteger();
          done.add(times);
          pieces.add(times::incrementAndGet);
        }
        loading.add(pieces);
      }
      loading.finish();
      assertThat(done).isNotEmpty().allMatch(times -> times.get() == 1);
    }
  }

  @Test
  void piecesOfOneArrayAreDoneAtOnce() {
    // Each waits for the other: one thread alone would wait in vain.
    CountDownLatch both = new CountDownLatch(2);
    Runnable piece =
        () -> {
          both.countDown();
          assertThat(await(both, 10)).as("the other piece has begun").isTrue();
        };
    try (Loading loading = new Loading()) {
      loading.add(List.of(piece, piece));
      if (Runtime.getRuntime().availableProcessors() > 1
          && ForkJoinPool.getCommonPoolParallelism() > 0) {
        loading.finish();
        assertThat(both.getCount()).isZero();
      }
      both.countDown();
      both.countDown();
    }
  }

  @Test
  void afterAFailureNothingIsBegunAndNothingIsRunning() {
    for (int failing = 0; failing < 20; failing++) {
      AtomicInteger begun = new AtomicInteger();
      AtomicInteger running = new AtomicInteger();
      List<Runnable> pieces = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        boolean fails = i == failing;
        pieces.add(
            () -> {
              begun.incrementAndGet();
              running.incrementAndGet();
              try {
                if (fails) {
                  throw new IllegalArgumentException("a bad piece");
                }
                Thread.yield();
              } finally {
                running.decrementAndGet();
              }
            });
      }
      try (Loading loading = new Loading()) {
        loading.add(pieces);
        assertThatThrownBy(loading::finish)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageEndingWith("a bad piece");
        assertThat(running.get()).isZero();
        int then = begun.get();
        pause();
        assertThat(begun.get()).isEqualTo(then);
      }
    }
  }

  @Test
  void whatIsAddedAfterAFailureIsNotBegun() {
    AtomicInteger begun = new AtomicInteger();
    CountDownLatch failing = new CountDownLatch(1);
    try (Loading loading = new Loading()) {
      loading.add(
          List.of(
              () -> {
                failing.countDown();
                throw new IllegalArgumentException("a bad piece");
              }));
      await(failing, 1);
      pause();
      loading.add(List.of(begun::incrementAndGet, begun::incrementAndGet));
      assertThatThrownBy(loading::finish).hasMessageEndingWith("a bad piece");
    }
    assertThat(begun.get()).isZero();
  }

  @Test
  void closingWaitsForWhatWasBegunAndDropsTheRest() {
    List<String> log = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch begun = new CountDownLatch(1);
    List<Runnable> pieces = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      pieces.add(
          () -> {
            begun.countDown();
            log.add("begun");
            pause();
            log.add("ended");
          });
    }
    try (Loading loading = new Loading()) {
      loading.add(pieces);
      await(begun, 1); // in vain on a single processor, where nothing is begun before the end
    }
    int when = log.size();
    assertThat(Collections.frequency(log, "begun"))
        .isEqualTo(Collections.frequency(log, "ended"))
        .isLessThan(1000);
    pause();
    assertThat(log).hasSize(when);
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean await(CountDownLatch latch, int seconds) {
    try {
      return latch.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
