package dev.vitrine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.op.Functions;
import org.junit.jupiter.api.Test;

/** Who closes what: tensors, scopes, views. */
class OwnershipTest extends OnEveryBackend {

  @Test
  void useAfterCloseNamesTheTensor() {
    Tensor t = scope.of(Shape.of(2, 1), 1, 2).named("block1_conv1");
    t.close();
    t.close();
    assertThat(t.isOpen()).isFalse();
    assertThat(t.shape()).isEqualTo(Shape.of(2, 1));
    assertThatThrownBy(t::toFloats)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("tensor block1_conv1 [2, 1] is used after it was closed");
    assertThatThrownBy(t::keep).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Functions.relu(t)).hasMessageContaining("block1_conv1");
  }

  @Test
  void aScopeClosesWhatWasMadeInItAndCanBeClosedTwice() {
    Tensor t = scope.of(Shape.of(3), 1, 2, 3);
    Tensor v = t.view(Shape.of(1, 3));
    scope.close();
    scope.close();
    assertThat(t.isOpen()).isFalse();
    assertThat(v.isOpen()).isFalse();
    assertThat(backend.liveBytes()).isZero();
  }

  @Test
  void aKeptTensorOutlivesItsScope() {
    Tensor t;
    try (Scope own = new Scope(backend)) {
      t = own.of(Shape.of(2), 4, 5).keep();
    }
    assertThat(t.isKept()).isTrue();
    assertThat(t.keep().toFloats()).containsExactly(4, 5);
    t.close();
    assertThat(backend.liveBytes()).isZero();
  }

  @Test
  void whatIsMadeFromAKeptTensorAloneIsClosedWithIt() {
    Tensor t = scope.of(Shape.of(2), -4, 5).keep();
    Tensor view = t.view(Shape.of(2, 1));
    t.keep();
    Tensor relu = Functions.relu(t);
    assertThat(relu.toFloats()).containsExactly(0, 5);
    t.close();
    assertThat(view.isOpen()).isFalse();
    assertThat(relu.isOpen()).isFalse();
  }

  @Test
  void aResultLivesWithTheFirstInputThatIsNotKept() {
    try (Tensor weight = scope.of(Shape.of(2), 2, 3).keep();
        Scope run = new Scope(backend)) {
      Tensor x = run.of(Shape.of(2), 5, 7);
      assertThat(Functions.multiply(weight, x).scope()).isSameAs(run);
      assertThat(Functions.add(x, weight).scope()).isSameAs(run);
    }
    assertThat(backend.liveBytes()).isZero();
  }

  @Test
  void aViewHoldsTheMemoryUntilItIsClosedItself() {
    Tensor t = scope.of(Shape.of(2, 2), 1, 2, 3, 4);
    Tensor v = t.view(Shape.of(4));
    t.close();
    assertThat(v.toFloats()).containsExactly(1, 2, 3, 4);
    v.close();
    assertThat(backend.liveBytes()).isZero();
  }

  @Test
  void aWrongNumberOfElementsIsRefusedAndLeavesNothing() {
    assertThatThrownBy(() -> scope.of(Shape.of(2, 2), 1, 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 elements do not fill shape [2, 2], which takes 4");
    assertThat(backend.liveBytes()).isZero();
  }
}
