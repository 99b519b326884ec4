package dev.vitrine.kernels;

import dev.vitrine.engine.backend.AdamStep;
import dev.vitrine.engine.backend.Arguments;
import dev.vitrine.engine.backend.Repeated;
import dev.vitrine.kernels.device.Device;
import dev.vitrine.kernels.device.OutOfDeviceMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * A step that runs by itself once, is written down the second time, and replayed from then on. The
 * first run loads kernels, tries algorithms and packs weights, which cannot be recorded. What the
 * recording writes to lies in an arena of its own. Once an array has moved, all this begins again,
 * but for Adam's numbers, which the card goes on counting.
 */
final class RecordedStep implements Repeated {
  private final CudaMemory backend;
  private final Runnable step;
  private final List<Integer> firstNumbers = new ArrayList<>();
  private final List<Block> counters = new ArrayList<>();
  private DeviceMemory.Arena arena;
  private Device.Recorded recorded;
  private int recordedAdams;
  private boolean ready;
  private long moves;
  private boolean counting;
  private boolean recording;
  private boolean closed;

  RecordedStep(CudaMemory backend, Runnable step) {
    this.backend = backend;
    this.step = step;
  }

  @Override
  public void run() {
    if (closed) {
      throw new IllegalStateException("the repeated step has been closed");
    }
    backend.open("repeat");
    if (!ready || moves != backend.moves()) {
      runByItself();
      return;
    }
    if (recorded == null) {
      prepareCounters();
      try {
        record();
      } catch (OutOfDeviceMemory e) {
        backend.trim();
        try {
          record();
        } catch (OutOfDeviceMemory again) {
          throw backend.memory.tooLittle(again);
        }
      }
      startCounters();
    }
    backend.memory.withRoom(
        () -> {
          recorded.replay();
          return null;
        });
  }

  private void runByItself() {
    forget();
    ready = false;
    recordedAdams = 0;
    if (!counting) {
      firstNumbers.clear();
    }
    backend.runIn(this, step);
    ready = true;
    moves = backend.moves();
  }

  boolean isRecording() {
    return recording;
  }

  /** Whether Adam's step number is to be counted on the card. */
  boolean counts() {
    return recording || counting;
  }

  /** Notes one of Adam's steps in a run before the card counts. */
  void note(AdamStep adam) {
    firstNumbers.add(adam.step());
  }

  /** Where the card counts the steps of the next Adam in the recording. */
  long nextCounter() {
    if (recordedAdams == counters.size()) {
      throw new IllegalStateException(
          "repeat: the step makes more of Adam's steps than the %d of its first run"
              .formatted(counters.size()));
    }
    return counters.get(recordedAdams++).address();
  }

  private void prepareCounters() {
    while (counters.size() < firstNumbers.size()) {
      counters.add(backend.memory.take(Integer.BYTES));
    }
  }

  /** A replay counts up before it uses a number, and the first run has used the first. */
  private void startCounters() {
    if (counting) {
      return;
    }
    for (int i = 0; i < counters.size(); i++) {
      backend.device.upload(counters.get(i).address(), new int[] {firstNumbers.get(i)}, 0, 1);
    }
    counting = true;
  }

  private void record() {
    long before = backend.liveBytes();
    backend.device.beginRecording();
    DeviceMemory.Arena taken = backend.memory.arena();
    arena = taken;
    recording = true;
    recordedAdams = 0;
    try {
      backend.runIn(this, step);
    } catch (RuntimeException | Error e) {
      discard(e);
      throw e;
    } finally {
      recording = false;
      taken.seal();
    }
    try {
      recorded = backend.device.endRecording();
      Arguments.repeated(before, backend.liveBytes());
    } catch (RuntimeException e) {
      forget();
      throw e;
    }
  }

  /** Ends a recording that came to nothing. */
  private void discard(Throwable because) {
    try {
      backend.device.endRecording().close();
    } catch (RuntimeException e) {
      because.addSuppressed(e);
    }
    forget();
  }

  private void forget() {
    if (recorded != null) {
      recorded.close();
      recorded = null;
    }
    if (arena != null) {
      arena.close();
      arena = null;
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (!backend.closed()) {
      forget();
      counters.forEach(backend.memory::give);
    }
    counters.clear();
  }
}
