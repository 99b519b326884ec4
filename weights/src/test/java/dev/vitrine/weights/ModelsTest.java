package dev.vitrine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Layer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModelsTest {
  private Backend backend;

  @BeforeEach
  void open() {
    backend = Backends.open("reference", false, line -> {});
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(backend.liveBytes()).isZero();
    backend.close();
  }

  @Test
  void squeezeNetIsBuiltIn() {
    try (Model model = Models.open("squeezenet", backend, Overrides.NONE)) {
      System.out.println(model.network().layers().stream().map(Layer::name).toList());
      assertThat(model.network().parameterCount()).isEqualTo(1_248_424);
      assertThat(model.logitsLayer()).contains("pool10");
    }
  }

  @Test
  void tinyVggIsBuiltIn() {
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      System.out.println(model.network().layers().stream().map(Layer::name).toList());
      assertThat(model.logitsLayer()).contains("output.pre");
    }
  }
}
