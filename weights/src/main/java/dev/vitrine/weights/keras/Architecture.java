package dev.vitrine.weights.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The structure of a well-known network, for files that hold only its weights. */
public final class Architecture {
  /**
   * VGG16 for 1000 classes and pictures of 224x224: thirteen convolutions and three dense layers,
   * 138,357,544 weights (Simonyan and Zisserman, Very Deep Convolutional Networks for Large-Scale
   * Image Recognition, 2015, configuration D).
   */
  public static final Architecture VGG16 = resource("VGG16", "vgg16");

  /** VGG16's convolutions alone, 14,714,688 weights, for pictures of any size. */
  public static final Architecture VGG16_NO_TOP =
      VGG16.upTo("VGG16 without its top", "block5_pool");

  /** VGG16's first two blocks: four convolutions, 260,160 weights, for pictures of any size. */
  public static final Architecture VGG16_TWO_BLOCKS =
      VGG16.upTo("VGG16's first two blocks", "block2_pool");

  /** VGG19, configuration E of the same paper, 143,667,240 weights. */
  public static final Architecture VGG19 = resource("VGG19", "vgg19");

  /** VGG19's convolutions alone, 20,024,384 weights, for pictures of any size. */
  public static final Architecture VGG19_NO_TOP =
      VGG19.upTo("VGG19 without its top", "block5_pool");

  /**
   * InceptionV3, 1000 classes, 299x299, 23,851,784 weights (Szegedy et al., Rethinking the
   * Inception Architecture for Computer Vision, 2016).
   */
  public static final Architecture INCEPTION_V3 = resource("InceptionV3", "inception_v3");

  /** InceptionV3 up to its last concatenation, for pictures of any size. */
  public static final Architecture INCEPTION_V3_NO_TOP =
      INCEPTION_V3.upTo("InceptionV3 without its top", "mixed10");

  /**
   * ResNet50, 1000 classes, 224x224, 25,636,712 weights (He et al., Deep Residual Learning for
   * Image Recognition, 2016).
   */
  public static final Architecture RESNET50 = resource("ResNet50", "resnet50");

  /** ResNet50 up to its last residual block, for pictures of any size. */
  public static final Architecture RESNET50_NO_TOP =
      RESNET50.upTo("ResNet50 without its top", "conv5_block3_out");

  /**
   * MobileNet of full width, 1000 classes, 224x224, 4,253,864 weights (Howard et al., MobileNets,
   * 2017).
   */
  public static final Architecture MOBILENET = resource("MobileNet", "mobilenet");

  /** MobileNet up to its last convolution, for pictures of any size. */
  public static final Architecture MOBILENET_NO_TOP =
      MOBILENET.upTo("MobileNet without its top", "conv_pw_13_relu");

  /**
   * Xception, 1000 classes, 299x299, 22,910,480 weights (Chollet, Xception: Deep Learning with
   * Depthwise Separable Convolutions, 2017).
   */
  public static final Architecture XCEPTION = resource("Xception", "xception");

  /** Xception up to its last convolution, for pictures of any size. */
  public static final Architecture XCEPTION_NO_TOP =
      XCEPTION.upTo("Xception without its top", "block14_sepconv2_act");

  /**
   * torchvision's VGG16 with batch normalization, 1000 classes, 224x224, 138,374,440 weights
   * counting the normalizations' statistics. Layers are called as VGG16's; torchvision's {@code
   * features.40} is an alias.
   */
  public static final Architecture VGG16_BN =
      resource("VGG16 with batch normalization", "vgg16_bn");

  /** torchvision's AlexNet, 1000 classes, 224x224, 61,100,840 weights (Krizhevsky, 2014). */
  public static final Architecture ALEXNET = resource("AlexNet", "alexnet");

  /** More than any network has layers. */
  private static final int UNKNOWN = 1000;

  private static final List<Architecture> ALL =
      List.of(
          VGG16,
          VGG16_NO_TOP,
          VGG16_TWO_BLOCKS,
          VGG19,
          VGG19_NO_TOP,
          INCEPTION_V3,
          INCEPTION_V3_NO_TOP,
          RESNET50,
          RESNET50_NO_TOP,
          MOBILENET,
          MOBILENET_NO_TOP,
          XCEPTION,
          XCEPTION_NO_TOP,
          VGG16_BN,
          ALEXNET);

  private final String title;
  private final Supplier<String> json;
  private final String last;

  private Architecture(String title, Supplier<String> json, String last) {
    this.title = title;
    this.json = json;
    this.last = last;
  }

  /** A structure as Keras' {@code model.to_json()} tells it. */
  public static Architecture of(String title, String json) {
    return new Architecture(title, () -> json, null);
  }

  private static Architecture resource(String title, String name) {
    return new Architecture(title, new Resource(name), null);
  }

  private Architecture upTo(String newTitle, String layer) {
    return new Architecture(newTitle, json, layer);
  }

  /** A text of the program's own, read when it is first asked for. */
  private static final class Resource implements Supplier<String> {
    private final String name;
    private String text;

    Resource(String name) {
      this.name = name;
    }

    @Override
    public synchronized String get() {
      if (text == null) {
        text = read("/dev/vitrine/weights/architectures/" + name + ".json");
      }
      return text;
    }

    private static String read(String path) {
      try (InputStream in = Architecture.class.getResourceAsStream(path)) {
        if (in == null) {
          throw new IllegalStateException(path + " is not on the class path");
        }
        return new String(in.readAllBytes(), UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * The architecture that a file's weights are for, by the names of its layers; empty for a file
   * that says itself what it computes, and where fewer than half of the names are known. One of
   * which layers are missing is recognized too, for {@link KerasImporter} to say so.
   *
   * @throws BadInputException if it is no model's file or damaged
   */
  public static Optional<Architecture> recognize(Path path) {
    return switch (FileKind.of(path)) {
      case KERAS_ARCHIVE -> Optional.empty();
      case SAFETENSORS -> {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
          Set<String> found = SafetensorsLayout.modules(file);
          yield closest(found, a -> a.names(found), SafetensorsLayout::modules, file.name())
              .filter(a -> a.isMostlyIn(found, file.name()));
        }
      }
      case HDF5_FILE -> {
        try (H5File file = H5File.open(path)) {
          if (file.text("/", "model_config").isPresent()) {
            yield Optional.empty();
          }
          if (Keras3Layout.is(file)) {
            Set<String> found = Keras3Layout.layers(file);
            yield closest(found, a -> !a.isTorch(), Keras3Layout::layers, file.name())
                .filter(a -> a.fits(found, file.name()));
          }
          Set<String> found = new HashSet<>(LegacyLayout.layers(file));
          yield closest(
              found,
              a -> !a.isTorch() && a.names(found),
              config -> Set.copyOf(LegacyLayout.layers(config)),
              file.name());
        }
      }
    };
  }

  private interface Names {
    Set<String> of(ModelConfig config);
  }

  /** An architecture that has all layers is closer than any that does not. */
  private static Optional<Architecture> closest(
      Set<String> found, Predicate<Architecture> possible, Names names, String file) {
    Architecture closest = null;
    int least = 0;
    for (Architecture architecture : ALL) {
      if (possible.test(architecture)) {
        Set<String> layers = names.of(architecture.config(file));
        int common = (int) layers.stream().filter(found::contains).count();
        int apart = UNKNOWN * (found.size() - common) + layers.size() - common;
        if (2 * common > found.size() && (closest == null || apart < least)) {
          closest = architecture;
          least = apart;
          if (apart == 0) {
            break; // none is closer, and each structure that need not be read saves time
          }
        }
      }
    }
    return Optional.ofNullable(closest);
  }

  /** True if a name stands in the structure at all: reading one takes longer than looking. */
  private boolean names(Set<String> any) {
    String text = json.get();
    return any.stream().anyMatch(name -> text.contains('"' + name + '"'));
  }

  /** True for torchvision's, which no Keras has saved. */
  private boolean isTorch() {
    return this == VGG16_BN || this == ALEXNET;
  }

  /** PyTorch's names are counted places: any network begins with features.0. */
  private boolean isMostlyIn(Set<String> found, String file) {
    Set<String> modules = SafetensorsLayout.modules(config(file));
    return 2 * modules.stream().filter(found::contains).count() > modules.size();
  }

  /** Keras 3's names are counted classes, which say little: all of them must be there. */
  private boolean fits(Set<String> found, String file) {
    return found.equals(Keras3Layout.layers(config(file)));
  }

  /** What messages call it. */
  public String title() {
    return title;
  }

  ModelConfig config(String file) {
    ModelConfig whole = ModelConfig.parse(file, json.get());
    return last == null ? whole : whole.upTo(last);
  }
}
