package dev.vitrine.bench.contest;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Window;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A workload's network as an ONNX model, weights within. */
public final class OnnxModel implements Assembly {
  private static final int IR_VERSION = 8;
  private static final int OPERATORS = 17;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("network");

  private OnnxModel() {}

  /**
   * A model in ONNX's file format.
   *
   * @param translation names and shapes of the input and the output
   */
  public record Encoded(byte[] bytes, Translation translation) {}

  /** Encodes a workload's network for its batch and size. */
  public static Encoded of(Workload workload) {
    OnnxModel model = new OnnxModel();
    Translation translation = Translation.of(workload, model);
    return new Encoded(model.encoded(translation), translation);
  }

  private byte[] encoded(Translation t) {
    Shape x = t.images();
    graph.addInput(value(t.input(), x.dim(0), x.dim(3), x.dim(1), x.dim(2)));
    Shape y = t.result();
    graph.addOutput(
        y.rank() == 4
            ? value(t.output(), y.dim(0), y.dim(3), y.dim(1), y.dim(2))
            : value(t.output(), y.dim(0), y.dim(1)));
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("vitrine")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATORS))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static ValueInfoProto value(String name, int... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int dim : dims) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.FLOAT.getNumber())
            .setShape(shape)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private String weight(String name, float[] values, int... dims) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    ByteString raw = UnsafeByteOperations.unsafeWrap(bytes);
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .setRawData(raw);
    for (int dim : dims) {
      tensor.addDims(dim);
    }
    graph.addInitializer(tensor);
    return name;
  }

  private NodeProto.Builder node(String kind, String name, String... inputs) {
    return node(kind, name, List.of(inputs));
  }

  private NodeProto.Builder node(String kind, String name, List<String> inputs) {
    return graph.addNodeBuilder().setOpType(kind).setName(name).addAllInput(inputs).addOutput(name);
  }

  private static AttributeProto ints(String name, int... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (int value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  private static AttributeProto number(String name, int value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static void sliding(NodeProto.Builder node, Window w) {
    node.addAttribute(ints("kernel_shape", w.kernelH(), w.kernelW()))
        .addAttribute(ints("strides", w.strideH(), w.strideW()))
        .addAttribute(ints("dilations", w.dilationH(), w.dilationW()))
        .addAttribute(ints("pads", w.padTop(), w.padLeft(), w.padBottom(), w.padRight()));
  }

  @Override
  public void convolution(
      String name,
      String input,
      float[] kernel,
      int[] shape,
      float[] bias,
      Window window,
      int groups) {
    NodeProto.Builder node =
        node(
            "Conv",
            name,
            input,
            weight(name + "/kernel", kernel, shape),
            weight(name + "/bias", bias, shape[0]));
    sliding(node, window);
    node.addAttribute(number("group", groups));
  }

  @Override
  public void relu(String name, String input) {
    node("Relu", name, input);
  }

  @Override
  public void maxPool(String name, String input, Window window) {
    sliding(node("MaxPool", name, input), window);
  }

  @Override
  public void concat(String name, List<String> inputs) {
    node("Concat", name, inputs).addAttribute(number("axis", 1));
  }

  @Override
  public void globalAverage(String name, String input) {
    String maps = name + "/maps";
    node("GlobalAveragePool", maps, input);
    flatten(name, maps);
  }

  @Override
  public void flatten(String name, String input) {
    node("Flatten", name, input).addAttribute(number("axis", 1));
  }

  @Override
  public void dense(String name, String input, float[] weights, int out, int in, float[] bias) {
    node(
            "Gemm",
            name,
            input,
            weight(name + "/kernel", weights, out, in),
            weight(name + "/bias", bias, out))
        .addAttribute(number("transB", 1));
  }
}
