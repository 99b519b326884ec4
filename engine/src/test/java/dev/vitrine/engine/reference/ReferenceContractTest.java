package dev.vitrine.engine.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendContract;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.Buffer;
import org.junit.jupiter.api.Test;

/** The reference against the closed forms, the identities and the rules of the contract. */
final class ReferenceContractTest extends BackendContract {

  @Override
  protected Backend open() {
    return new ReferenceBackend();
  }

  @Override
  protected double unit() {
    return 0x1p-53;
  }

  @Test
  void isFoundByItsName() {
    try (Backend backend = Backends.open("reference", false, notice -> {})) {
      assertThat(backend).isInstanceOf(ReferenceBackend.class);
      assertThat(backend.name()).isEqualTo("reference");
    }
  }

  @Test
  void countsEightBytesAnElement() {
    try (Backend backend = open()) {
      Buffer buffer = backend.alloc(Shape.of(2, 3, 5));
      assertThat(backend.liveBytes()).isEqualTo(240);
      backend.release(buffer);
      assertThat(backend.liveBytes()).isZero();
    }
  }

  @Test
  void aNewBufferIsFullOfNaN() {
    try (Backend backend = open()) {
      double[] contents = new double[3];
      backend.download(backend.alloc(Shape.of(3)), 0, contents, 0, 3);
      assertThat(contents).containsOnly(Double.NaN);
    }
  }

  @Test
  void theErrorFunctionIsRightToTheLastDigits() {
    double[][] known = {
      {0.1, 0.1124629160182849},
      {0.5, 0.5204998778130465},
      {1, 0.8427007929497149},
      {2.4, 0.999311486103355},
      {2.6, 0.9997639655834707},
      {3.5, 0.9999992569016276},
      {7, 1}
    };
    for (double[] pair : known) {
      assertThat(ReferenceElementwise.erf(pair[0])).isCloseTo(pair[1], within(4e-16));
      assertThat(ReferenceElementwise.erf(-pair[0])).isCloseTo(-pair[1], within(4e-16));
    }
    assertThat(ReferenceElementwise.erf(Double.NaN)).isNaN();
  }

  private static org.assertj.core.data.Offset<Double> within(double error) {
    return org.assertj.core.data.Offset.offset(error);
  }
}
