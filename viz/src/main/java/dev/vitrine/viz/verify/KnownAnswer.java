package dev.vitrine.viz.verify;

import dev.vitrine.weights.KnownModel;
import dev.vitrine.weights.image.Picture;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import javax.imageio.ImageIO;

/**
 * What a network that works says of a picture.
 *
 * @param image what the picture is called
 * @param classes one of which comes first
 * @param probability of that class, where it is known to {@link #WITHIN}
 */
public record KnownAnswer(
    String image, Picture picture, Set<Integer> classes, OptionalDouble probability) {
  /** How far a probability may be from the known one; backends differ by far less. */
  static final double WITHIN = 2e-3;

  /** Tabby, tiger cat, Persian, Siamese, Egyptian: ImageNet's domestic cats. */
  private static final Set<Integer> CATS = Set.of(281, 282, 283, 284, 285);

  /**
   * The answers that are known of a model of the zoo, in the samples that come with the program.
   * The built-in models' probabilities are those that Keras computed; of another network for
   * ImageNet's classes it is known that it takes a cat for a cat.
   */
  public static List<KnownAnswer> of(KnownModel model) {
    return switch (model.name()) {
      case "squeezenet" -> List.of(sample("cat", 285, 0.8151), sample("coffee", 967, 0.9843));
      case "tiny_vgg" -> List.of(sample("cat", 6, 0.8491), sample("coffee", 6, 0.6353));
      default ->
          model.labels().filter(l -> l.size() == 1000).isEmpty()
              ? List.of()
              : List.of(new KnownAnswer("cat.png", picture("cat"), CATS, OptionalDouble.empty()));
    };
  }

  private static KnownAnswer sample(String name, int index, double probability) {
    return new KnownAnswer(
        name + ".png", picture(name), Set.of(index), OptionalDouble.of(probability));
  }

  /** A sample picture that lies in the jar: {@code cat} or {@code coffee}. */
  public static Picture picture(String name) {
    String path = "/dev/vitrine/viz/samples/" + name + ".png";
    try (InputStream in = KnownAnswer.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(path + " is not on the class path");
      }
      return Picture.of(ImageIO.read(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
