package dev.vitrine.weights.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "285",
        "n02124075",
        "N02124075",
        "Egyptian_cat",
        "egyptian cat",
        "EGYPTIAN-CAT",
        " 285 "
      })
  void aClassIsFoundByNumberIdOrName(String wanted) {
    assertThat(Labels.imagenet().find(wanted))
        .isEqualTo(new Label(285, "n02124075", "Egyptian_cat"));
  }

  @Test
  void aNameThatIsNotUniqueListsItsCandidates() {
    assertThatThrownBy(() -> Labels.imagenet().find("crane"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("134 n02012849 crane, 517 n03126707 crane")
        .hasMessageContaining("WordNet id");
    assertThatThrownBy(() -> Labels.imagenet().find("maillot"))
        .hasMessageContaining("638 n03710637 maillot, 639 n03710721 maillot");
  }

  @Test
  void anUnknownNameShowsThoseNearIt() {
    assertThatThrownBy(() -> Labels.imagenet().find("gold fish"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("1 n01443537 goldfish");
    assertThatThrownBy(() -> Labels.imagenet().find("cat"))
        .hasMessageContaining("tiger_cat")
        .hasMessageContaining("Egyptian_cat");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000", "-1", "99999999999999999999"})
  void aNumberOutsideSaysWhatThereIs(String number) {
    assertThatThrownBy(() -> Labels.imagenet().find(number))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(number)
        .hasMessageContaining("0 to 999");
  }

  @Test
  void theBuiltInListsAreWholeAndInOrder() {
    Labels imagenet = Labels.imagenet();
    assertThat(imagenet.size()).isEqualTo(1000);
    for (int i = 0; i < 1000; i++) {
      assertThat(imagenet.get(i).index()).isEqualTo(i);
      assertThat(imagenet.find(imagenet.get(i).wordnet())).isEqualTo(imagenet.get(i));
    }
    assertThat(Labels.tinyVgg().size()).isEqualTo(10);
    assertThat(Labels.tinyVgg().find("red panda").index()).isEqualTo(7);
    assertThat(Labels.numbered(3).find("class_2").index()).isEqualTo(2);
  }

  @Test
  void aUsersListIsReadInEachOfItsForms() throws IOException {
    for (String text :
        new String[] {
          "{\"0\": [\"n01\", \"tench\"], \"1\": [\"n02\", \"gold fish\"]}",
          "{\"1\": \"gold fish\", \"0\": \"tench\"}",
          "[\"tench\", \"gold fish\"]",
          "tench\r\ngold fish\n\n",
          "\ufefftench\ngold fish",
          "n01440764 tench\nn01443537 gold fish\n"
        }) {
      Labels labels = Labels.read(file(text));
      assertThat(labels.size()).as(text).isEqualTo(2);
      assertThat(labels.get(0).name()).as(text).isEqualTo("tench");
      assertThat(labels.find("gold_fish").index()).as(text).isEqualTo(1);
    }
    assertThat(Labels.read(file("n01440764 tench")).get(0).wordnet()).isEqualTo("n01440764");
  }

  @Test
  void aListThatCannotBeReadIsRefusedInOneLine() throws IOException {
    for (String text :
        new String[] {"", "\n \n", "{\"0\": 5}", "{\"1\": \"a\"}", "[\"a\", ", "{}", "[[\"a\"]]"}) {
      Path file = file(text);
      assertThatThrownBy(() -> Labels.read(file))
          .as(text)
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith(file.toString())
          .hasMessageNotContaining("\n");
    }
    assertThatThrownBy(() -> Labels.read(folder.resolve("none.txt")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no such file");
  }

  @Test
  void aListOfAnotherLengthDoesNotServeANetwork() {
    assertThat(Labels.tinyVgg().forClasses(10)).isNotNull();
    assertThatThrownBy(() -> Labels.tinyVgg().forClasses(1000))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("10 classes, the network has 1000");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("labels.txt"), text);
  }
}
