package dev.vitrine.viz.structure;

import static dev.vitrine.viz.structure.Structures.conv;
import static dev.vitrine.viz.structure.Structures.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.op.Concat;
import dev.vitrine.engine.op.Crop;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Pad;
import dev.vitrine.engine.op.Resample;
import dev.vitrine.engine.op.Sliding;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReceptiveFieldTest {
  private final Backend backend = Backends.open("reference", false, note -> {});

  @AfterEach
  void close() {
    backend.close();
  }

  private static String sees(Network network, String layer) {
    return LayerTable.of(network).rows().stream()
        .filter(row -> row.name().equals(layer))
        .findFirst()
        .orElseThrow()
        .sees();
  }

  @Test
  void vgg16SeesWhatIsPublishedOfIt() {
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 224, 224, 1))) {
      int[] convolutions = {2, 2, 3, 3, 3};
      for (int block = 0; block < 5; block++) {
        for (int i = 0; i < convolutions[block]; i++) {
          String name = "conv" + (block + 1) + "_" + (i + 1);
          b.layer(name, conv(3, 1), weights(b, name, 3, 1, 1));
        }
        b.layer("pool" + (block + 1), new MaxPool2d(Sliding.valid(2, 2, 2, 2)));
      }
      try (Network network = b.build()) {
        assertThat(sees(network, "conv1_1")).isEqualTo("3");
        assertThat(sees(network, "pool1")).isEqualTo("6");
        assertThat(sees(network, "conv3_3")).isEqualTo("40");
        assertThat(sees(network, "conv5_3")).isEqualTo("196");
        assertThat(sees(network, "pool5")).isEqualTo("212");
      }
    }
  }

  @Test
  void aMergeSeesWhatAnyOfItsBranchesSees() {
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 32, 32, 1))) {
      b.layer(
          "wide",
          new dev.vitrine.engine.op.Conv2d(Sliding.same(1, 7, 1, 1)),
          b.parameter("wide/kernel", Shape.of(1, 7, 1, 1), new float[7]));
      b.layer(
          "high",
          new dev.vitrine.engine.op.Conv2d(Sliding.same(5, 1, 1, 1)),
          List.of("image"),
          List.of(b.parameter("high/kernel", Shape.of(5, 1, 1, 1), new float[5])));
      b.layer("both", new Concat(3), List.of("wide", "high"), List.of());
      try (Network network = b.build()) {
        assertThat(sees(network, "wide")).isEqualTo("1x7");
        assertThat(sees(network, "both")).isEqualTo("5x7");
      }
    }
  }

  @Test
  void branchesThatLookAsideOfEachOtherSeeTheirUnion() {
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 8, 8, 1))) {
      b.layer("left", new Crop(0, 0, 0, 4));
      b.layer("right", new Crop(0, 4, 0, 0), List.of("image"), List.of());
      b.layer("both", new Concat(3), List.of("left", "right"), List.of());
      try (Network network = b.build()) {
        assertThat(sees(network, "both")).isEqualTo("1x5");
      }
    }
  }

  @Test
  void aPaddingShiftsAndEnlargesNothing() {
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 8, 8, 1))) {
      b.layer("pad", new Pad(2, 2, 2, 2, 0));
      b.layer("conv", conv(3, 2), weights(b, "conv", 3, 1, 1));
      try (Network network = b.build()) {
        assertThat(sees(network, "pad")).isEqualTo("1");
        assertThat(sees(network, "conv")).isEqualTo("3");
      }
    }
  }

  @Test
  void afterAnEnlargementAStepIsPartOfAPixel() {
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 16, 16, 1))) {
      b.layer("pool", new MaxPool2d(Sliding.valid(2, 2, 2, 2)));
      b.layer("larger", new Resample(Interpolation.NEAREST, 16, 16));
      b.layer("conv", conv(5, 1), weights(b, "conv", 5, 1, 1));
      try (Network network = b.build()) {
        assertThat(sees(network, "larger")).isEqualTo("2");
        assertThat(sees(network, "conv")).isEqualTo("6");
      }
    }
  }

  @Test
  void behindADenseLayerEverythingIsSeen() {
    try (Network network = Structures.nested(backend)) {
      assertThat(sees(network, "base/pool")).isEqualTo("9");
      assertThat(sees(network, "average")).isEqualTo("all");
      assertThat(sees(network, "classes")).isEqualTo("all");
    }
  }
}
