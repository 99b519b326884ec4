package dev.vitrine.viz.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.engine.Adam;
import dev.vitrine.engine.Gradients;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Affine;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.op.AveragePool2d;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Resample;
import dev.vitrine.engine.op.Sliding;
import dev.vitrine.engine.op.Softmax;
import dev.vitrine.weights.array.Npy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Single operations and their gradients against PyTorch in float64, on every backend here. */
class OperationGoldensTest {
  /** Functions of the goldens that the engine composes of others or does not have yet. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "activation-selu",
          "activation-softsign",
          "activation-gelu-tanh",
          "activation-hard_sigmoid",
          "activation-hard_sigmoid-keras2");

  private static final List<String> DEVICES =
      Goldens.DEVICE.equals("cpu") ? List.of("reference", "onednn") : List.of(Goldens.DEVICE);

  private final Goldens goldens = new Goldens();

  @TestFactory
  List<DynamicTest> everyOperationIsPyTorchs() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : goldens.json("ops.json").get("cases")) {
      String name = golden.get("case").asText();
      if (ELSEWHERE.contains(name) || golden.get("op").asText().equals("log_softmax")) {
        continue;
      }
      for (String device : DEVICES) {
        tests.add(DynamicTest.dynamicTest(name + " on " + device, () -> check(golden, device)));
      }
    }
    assertThat(tests).hasSizeGreaterThan(150);
    return tests;
  }

  private void check(JsonNode golden, String device) {
    double tolerance = device.equals("reference") ? 1e-12 : 2e-6;
    try (Backend backend = Backends.open(device, false, line -> {});
        Scope scope = new Scope(backend)) {
      switch (golden.get("op").asText()) {
        case "adam" -> adam(golden, scope, device.equals("reference") ? 1e-12 : 1e-6);
        case "affine" -> warp(golden, scope, tolerance);
        default -> derivative(golden, scope, tolerance);
      }
    }
  }

  private void derivative(JsonNode golden, Scope scope, double tolerance) {
    Tape tape = new Tape(scope);
    List<String> names = new ArrayList<>();
    List<Tensor> inputs = new ArrayList<>();
    for (String name : List.of("x", "w", "b")) {
      if (golden.get("arrays").toString().contains("\"" + name + "\"")) {
        names.add(name);
        inputs.add(tape.watch(tensor(golden, name, scope)));
      }
    }
    Tensor y = tape.apply(op(golden), inputs.toArray(new Tensor[0]));
    close(golden, "y", y, tolerance);
    Gradients gradients = tape.backward(Map.of(y, tensor(golden, "dy", scope)), inputs);
    for (int i = 0; i < inputs.size(); i++) {
      close(golden, "d" + names.get(i), gradients.at(inputs.get(i)), tolerance);
    }
  }

  private void warp(JsonNode golden, Scope scope, double tolerance) {
    double[] m = array(golden, "matrix").doubles(); // x_in, y_in of x_out, y_out
    Affine affine = new Affine(m[4], m[3], m[5], m[1], m[0], m[2]);
    Tensor x = tensor(golden, "x", scope);
    Tensor y = scope.make(Shape.of(array(golden, "y").shape()));
    scope.backend().warp(affine, x.buffer(), y.buffer());
    close(golden, "y", y, tolerance);
    Tensor dx = scope.make(x.shape());
    scope.backend().warpBackward(affine, tensor(golden, "dy", scope).buffer(), dx.buffer());
    close(golden, "dx", dx, tolerance);
  }

  private void adam(JsonNode golden, Scope scope, double tolerance) {
    double[] gradients = array(golden, "gradients").doubles();
    double[] steps = array(golden, "steps").doubles();
    Tensor x = tensor(golden, "start", scope);
    int n = (int) x.shape().size();
    try (Adam adam =
        new Adam(
            scope.backend(),
            golden.get("learningRate").asDouble(),
            golden.get("weightDecay").asDouble())) {
      for (int i = 0; i < steps.length / n; i++) {
        double[] g = Arrays.copyOfRange(gradients, i * n, (i + 1) * n);
        adam.step(x, scope.of(x.shape(), g));
        Goldens.assertClose(
            golden.get("case").asText() + " step " + (i + 1),
            x.toDoubles(),
            Arrays.copyOfRange(steps, i * n, (i + 1) * n),
            tolerance);
      }
    }
  }

  private static Op op(JsonNode golden) {
    return switch (golden.get("op").asText()) {
      case "conv2d" -> new Conv2d(sliding(golden, "kernel"), golden.get("groups").asInt(), null);
      case "maxpool" -> new MaxPool2d(sliding(golden, "pool"));
      case "avgpool" -> new AveragePool2d(sliding(golden, "pool"));
      case "resample" ->
          new Resample(
              filter(golden), golden.get("to").get(0).asInt(), golden.get("to").get(1).asInt());
      case "softmax" -> new Softmax();
      case "dense" -> new Dense();
      case "activation" -> activation(golden);
      default -> throw new AssertionError("no operation for " + golden);
    };
  }

  private static Sliding sliding(JsonNode golden, String kernel) {
    int kh = golden.get(kernel).get(0).asInt();
    int kw = golden.get(kernel).get(1).asInt();
    int sh = golden.get("stride").get(0).asInt();
    int sw = golden.get("stride").get(1).asInt();
    int dh = golden.has("dilation") ? golden.get("dilation").get(0).asInt() : 1;
    int dw = golden.has("dilation") ? golden.get("dilation").get(1).asInt() : 1;
    JsonNode p = golden.get("pads");
    boolean explicit = golden.get("padding").asText().equals("explicit");
    Window window =
        new Window(
            kh,
            kw,
            sh,
            sw,
            dh,
            dw,
            explicit ? p.get("top").asInt() : 0,
            explicit ? p.get("left").asInt() : 0,
            explicit ? p.get("bottom").asInt() : 0,
            explicit ? p.get("right").asInt() : 0);
    return new Sliding(window, golden.get("padding").asText().equals("same"));
  }

  private static Interpolation filter(JsonNode golden) {
    boolean antialias = golden.get("antialias").asBoolean();
    return switch (golden.get("mode").asText()) {
      case "bilinear" -> antialias ? Interpolation.BILINEAR_ANTIALIASED : Interpolation.BILINEAR;
      case "bicubic" -> antialias ? Interpolation.BICUBIC_ANTIALIASED : Interpolation.BICUBIC;
      default -> Interpolation.NEAREST;
    };
  }

  private static Op activation(JsonNode golden) {
    String name = golden.get("case").asText().substring("activation-".length());
    return switch (name) {
      case "relu", "relu-at-zero" -> new Relu();
      case "relu6" -> new Elementwise(Unary.CLIP, 0, 6);
      case "leaky_relu" -> new Elementwise(Unary.LEAKY_RELU, golden.get("slope").asDouble(), 0);
      case "elu", "elu-half" -> new Elementwise(Unary.ELU, golden.get("alpha").asDouble(), 0);
      default -> new Elementwise(Unary.valueOf(name.toUpperCase(Locale.ROOT)));
    };
  }

  private Npy array(JsonNode golden, String name) {
    return goldens.array("ops.npz", golden.get("case").asText() + "." + name);
  }

  private Tensor tensor(JsonNode golden, String name, Scope scope) {
    Npy array = array(golden, name);
    return scope.of(Shape.of(array.shape()), array.doubles());
  }

  private void close(JsonNode golden, String name, Tensor found, double tolerance) {
    assertThat(found.shape().dims()).isEqualTo(array(golden, name).shape());
    Goldens.assertClose(
        golden.get("case").asText() + " " + name,
        found.toDoubles(),
        array(golden, name).doubles(),
        tolerance);
  }
}
