package dev.vitrine.weights;

import dev.vitrine.weights.KnownModel.Brought;
import dev.vitrine.weights.KnownModel.BuiltIn;
import dev.vitrine.weights.KnownModel.Published;
import dev.vitrine.weights.KnownModel.Size;
import dev.vitrine.weights.fetch.Catalog;
import dev.vitrine.weights.fetch.RemoteFile;
import dev.vitrine.weights.image.Labels;
import dev.vitrine.weights.image.Preprocessing;
import dev.vitrine.weights.keras.Architecture;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The models that the program knows. */
public final class Zoo {
  private static final Optional<Supplier<Labels>> IMAGENET = Optional.of(Labels::imagenet);

  private static final List<KnownModel> ALL =
      List.of(
          new KnownModel(
              "squeezenet",
              "SqueezeNet v1.0, 1000 classes of ImageNet, Deep Compression weights",
              "BSD 2-Clause, songhan/SqueezeNet-Deep-Compression",
              Size.square(227),
              1_248_424,
              Preprocessing.parse("mean=123,117,104;order=bgr"),
              IMAGENET,
              new BuiltIn(
                  1_192_561, "947a4a4cb6d6c8e9735a88bcdbd0786a5989ffc69648bb1485c3a256b016a7d6")),
          new KnownModel(
              "tiny_vgg",
              "CNN Explainer's Tiny VGG, 10 classes",
              "MIT, poloclub/cnn-explainer",
              Size.square(64),
              19_920,
              Preprocessing.UNIT,
              Optional.of(Labels::tinyVgg),
              new BuiltIn(
                  117_816, "a32eb0c3777752ae1788ab5c8acccc5546627ecb19a25b661b27bf522a154b39")),
          published("vgg16", 224, 138_357_544, Preprocessing.CAFFE, IMAGENET, Architecture.VGG16),
          published(
              "vgg16-notop",
              0,
              14_714_688,
              Preprocessing.CAFFE,
              Optional.empty(),
              Architecture.VGG16_NO_TOP),
          published("vgg19", 224, 143_667_240, Preprocessing.CAFFE, IMAGENET, Architecture.VGG19),
          published(
              "inception_v3",
              299,
              23_851_784,
              Preprocessing.TF,
              IMAGENET,
              Architecture.INCEPTION_V3),
          published(
              "resnet50", 224, 25_636_712, Preprocessing.CAFFE, IMAGENET, Architecture.RESNET50),
          published("xception", 299, 22_910_480, Preprocessing.TF, IMAGENET, Architecture.XCEPTION),
          new KnownModel(
              "mobilenet",
              "MobileNet, 1000 classes of ImageNet, 224x224, Keras' mobilenet_1_0_224_tf.h5",
              "Apache 2.0, the TensorFlow authors; converted by Keras",
              Size.square(224),
              4_253_864,
              Preprocessing.TF,
              IMAGENET,
              new Brought(Architecture.MOBILENET)),
          new KnownModel(
              "vgg16_bn",
              "VGG16 with batch normalization, 1000 classes of ImageNet, 224x224, torchvision's"
                  + " weights as safetensors",
              "BSD 3-Clause, torchvision",
              Size.square(224),
              138_374_440,
              Preprocessing.TORCH,
              IMAGENET,
              new Brought(Architecture.VGG16_BN)),
          new KnownModel(
              "alexnet",
              "AlexNet, 1000 classes of ImageNet, 224x224, torchvision's weights as safetensors",
              "BSD 3-Clause, torchvision",
              Size.square(224),
              61_100_840,
              Preprocessing.TORCH,
              IMAGENET,
              new Brought(Architecture.ALEXNET)));

  private Zoo() {}

  private static KnownModel published(
      String name,
      int side,
      long parameters,
      Preprocessing preprocessing,
      Optional<Supplier<Labels>> labels,
      Architecture architecture) {
    RemoteFile file = Catalog.get(name);
    return new KnownModel(
        name,
        file.description(),
        file.licence(),
        Size.square(side),
        parameters,
        preprocessing,
        labels,
        new Published(file, architecture));
  }

  /** Every model; the first is the default. */
  public static List<KnownModel> all() {
    return ALL;
  }

  /** The model of that name, if there is one. */
  public static Optional<KnownModel> find(String name) {
    return ALL.stream().filter(model -> model.name().equals(name)).findFirst();
  }

  /** The model whose weights a file of an architecture holds. */
  static Optional<KnownModel> of(Architecture architecture) {
    return ALL.stream()
        .filter(model -> model.architecture().filter(architecture::equals).isPresent())
        .findFirst();
  }
}
