package dev.vitrine.bench.contest;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.vitrine.engine.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TranslationTest {

  @ParameterizedTest
  @CsvSource({"vgg16-tiny, 2, 0, input", "squeezenet, 1, 51, input_1", "block5_conv1, 1, 6, input"})
  void theTranslatedNetworkComputesWhatOursDoes(String model, int batch, int size, String input) {
    Workload workload = new Workload(model, batch, size);
    Shape images =
        switch (model) {
          case "vgg16-tiny" -> Shape.of(batch, 32, 32, 3);
          case "squeezenet" -> Shape.of(batch, size, size, 3);
          default -> Shape.of(batch, size, size, 512);
        };
    float[] pixels = Layouts.channelsFirst(images, Workload.pixels(images));
    PlainNetwork plain =
        new PlainNetwork(input, batch, images.dim(3), images.dim(1), images.dim(2), pixels);
    Translation translation = Translation.of(workload, plain);
    assertThat(translation.images()).isEqualTo(images);
    Map<String, float[]> answers = new LinkedHashMap<>();
    try (Contender ours = Vitrine.CPU.prepare(workload)) {
      answers.put("ours", ours.output());
    }
    float[] translated = plain.values(translation.output());
    answers.put("translated", Layouts.channelsLast(translation.result(), translated));
    new Agreement("output", 1e-5).check(workload.toString(), answers);
  }

  @Test
  void channelsGoFirstAndComeBack() {
    Shape shape = Shape.of(2, 1, 2, 3);
    float[] ours = {0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112};
    float[] first = Layouts.channelsFirst(shape, ours);
    assertThat(first).containsExactly(0, 10, 1, 11, 2, 12, 100, 110, 101, 111, 102, 112);
    assertThat(Layouts.channelsLast(shape, first)).containsExactly(ours);
  }

  /** Two pixels of two channels to two units. */
  @Test
  void denseRowsFollowTheChannelsFirst() {
    float[] ours = {1, 10, 2, 20, 3, 30, 4, 40};
    assertThat(Layouts.dense(Shape.of(4, 2), ours, 2)).containsExactly(1, 3, 2, 4, 10, 30, 20, 40);
    assertThat(Layouts.dense(Shape.of(4, 2), ours, 1)).containsExactly(1, 2, 3, 4, 10, 20, 30, 40);
  }

  @Test
  void theOnnxModelHasTheNetworksNodesAndWeights() throws Exception {
    OnnxModel.Encoded encoded = OnnxModel.of(new Workload("vgg16-tiny", 2, 0));
    ModelProto model = ModelProto.parseFrom(encoded.bytes());
    List<NodeProto> nodes = model.getGraph().getNodeList();
    Map<String, Long> kinds =
        nodes.stream()
            .collect(
                Collectors.groupingBy(
                    NodeProto::getOpType, java.util.TreeMap::new, Collectors.counting()));
    assertThat(kinds).hasToString("{Conv=13, Flatten=1, Gemm=3, MaxPool=5, Relu=15}");
    assertThat(nodes.get(nodes.size() - 1).getOutput(0)).isEqualTo("predictions.pre");
    long weights =
        model.getGraph().getInitializerList().stream()
            .mapToLong(t -> t.getRawData().size() / 4)
            .sum();
    assertThat(weights).isEqualTo(57_828 + 8_448 + 65_792 + 257_000);
    TensorProto fc1 = initializer(model, "fc1.pre/kernel");
    assertThat(fc1.getDimsList()).containsExactly(256L, 32L);
  }

  @Test
  void paddingBecomesPartOfTheConvolution() throws Exception {
    OnnxModel.Encoded encoded = OnnxModel.of(new Workload("squeezenet", 1, 0));
    ModelProto model = ModelProto.parseFrom(encoded.bytes());
    NodeProto conv10 =
        model.getGraph().getNodeList().stream()
            .filter(n -> n.getName().equals("conv10.pre"))
            .findFirst()
            .orElseThrow();
    assertThat(conv10.getInput(0)).isEqualTo("fire9_concat");
    assertThat(
            conv10.getAttributeList().stream()
                .filter(a -> a.getName().equals("pads"))
                .flatMap(a -> a.getIntsList().stream()))
        .containsExactly(1L, 1L, 1L, 1L);
  }

  private static TensorProto initializer(ModelProto model, String name) {
    return model.getGraph().getInitializerList().stream()
        .filter(t -> t.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
