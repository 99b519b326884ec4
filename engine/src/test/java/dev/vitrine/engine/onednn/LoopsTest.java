package dev.vitrine.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.vitrine.engine.backend.BackendException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LoopsTest {

  /** OpenMP's threads, Java's, and a team that lacks members. */
  static Stream<Team> teams() {
    assertThat(new OneDnnProvider().missing()).isEmpty();
    Team alone =
        new Team() {
          @Override
          public void run(int members, Work work) {
            work.run(0, 1);
          }

          @Override
          public int grain() {
            return 1;
          }
        };
    return OpenMp.available()
        ? Stream.of(new OpenMp(3), new ForkJoin(3), alone)
        : Stream.of(new ForkJoin(3), alone);
  }

  @ParameterizedTest
  @MethodSource("teams")
  void everyElementIsDoneOnce(Team team) {
    Loops loops = new Loops(3, team);
    for (int count : new int[] {1, 4096, 4097, 200_000, 1_000_003}) {
      byte[] seen = new byte[count];
      loops.run(
          count,
          (arrays, from, to) -> {
            for (int i = from; i < to; i++) {
              seen[i]++;
            }
          });
      assertThat(seen).containsOnly((byte) 1);
    }
  }

  @ParameterizedTest
  @MethodSource("teams")
  void whatGoesWrongInOneThreadComesToTheCallerAndTheNextLoopRuns(Team team) {
    Loops loops = new Loops(3, team);
    for (int bad = 0; bad < 3; bad++) {
      int failing = bad;
      AtomicInteger others = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  loops.each(
                      3,
                      (arrays, number) -> {
                        if (number == failing) {
                          throw new IllegalStateException("task " + number);
                        }
                        others.incrementAndGet();
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("task " + failing);
      assertThat(others).hasValue(2);
      loops.each(3, (arrays, number) -> others.incrementAndGet());
      assertThat(others).hasValue(5);
    }
  }

  @Test
  void aPartThatNobodyDidIsNotPassedOver() {
    Team lazy =
        new Team() {
          @Override
          public void run(int members, Work work) {
            work.run(0, members);
          }

          @Override
          public int grain() {
            return 1;
          }
        };
    assertThatThrownBy(() -> new Loops(2, lazy).each(2, (arrays, number) -> {}))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("did not do its part");
  }

  @Test
  void openMpIsFoundWhereOneDnnIsLinkedToGnus() {
    assumeThat(System.getProperty("os.name") + System.getProperty("os.arch"))
        .isEqualTo("Linuxamd64");
    assertThat(OpenMp.available()).isTrue();
  }

  @Test
  void aLoopOfFewerTasksEndsNoThread() {
    assumeThat(OpenMp.available()).isTrue();
    Loops loops = new Loops(3, new OpenMp(3));
    Thread[] first = new Thread[3];
    loops.each(3, (arrays, number) -> first[number] = Thread.currentThread());
    loops.each(2, (arrays, number) -> {});
    Thread[] then = new Thread[3];
    loops.each(3, (arrays, number) -> then[number] = Thread.currentThread());
    assertThat(then).isEqualTo(first);
  }

  @Test
  void openMpsThreadsWorkSideBySideAndStayTheSame() {
    assumeThat(OpenMp.available()).isTrue();
    Loops loops = new Loops(2, new OpenMp(2));
    Thread[] first = threads(loops);
    assertThat(first[0]).isSameAs(Thread.currentThread());
    assertThat(first[1]).isNotSameAs(first[0]);
    assertThat(first[1].isDaemon()).isTrue();
    assertThat(threads(loops)).isEqualTo(first);
  }

  /** Who does two tasks that wait for each other. */
  private static Thread[] threads(Loops loops) {
    CountDownLatch both = new CountDownLatch(2);
    Thread[] threads = new Thread[2];
    loops.each(
        2,
        (arrays, number) -> {
          threads[number] = Thread.currentThread();
          both.countDown();
          try {
            assertThat(both.await(10, TimeUnit.SECONDS)).as("the other is there").isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return threads;
  }
}
