package dev.vitrine.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * What every backend must do. A backend's own test extends this and opens it; each section of
 * {@link Backend} has its part of the suite.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract
    implements MemoryContract,
        FreezingContract,
        ConvolutionContract,
        ElementwiseContract,
        PoolingContract,
        MovementContract,
        GeometryContract,
        LearningContract,
        RepetitionContract {
  private Comparison comparison;
  private long liveBefore;

  /** A fresh backend of the kind under test; the suite closes it. */
  protected abstract Backend open();

  /** The backend's unit roundoff: half the distance from 1 to the next number. */
  protected double unit() {
    return 0x1p-24;
  }

  @Override
  public final Comparison comparison() {
    return comparison;
  }

  @Override
  public final Backend another() {
    return open();
  }

  @BeforeAll
  final void openBackend() {
    comparison = new Comparison(open(), unit());
  }

  @AfterAll
  final void closeBackend() {
    if (comparison != null) { // else the backend was not to be had here
      comparison.close();
    }
  }

  @BeforeEach
  final void countLiveBytes() {
    liveBefore = comparison.backend.liveBytes();
  }

  @AfterEach
  final void liveBytesReturnToWhereTheyWere() {
    assertThat(comparison.backend.liveBytes())
        .as("bytes behind handles that the test has not released")
        .isEqualTo(liveBefore);
  }
}
