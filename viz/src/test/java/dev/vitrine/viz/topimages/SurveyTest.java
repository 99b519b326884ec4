package dev.vitrine.viz.topimages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.SmallNetworks;
import dev.vitrine.weights.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SurveyTest {
  private static final Shape INPUT = Shape.of(1, 6, 7, 2);
  private static final int SIZE = 6 * 7 * 2;
  private static final int CHANNELS = 4;

  private Backend backend;
  private Network network;

  /** What a survey told. */
  private static final class Heard implements Survey.Listener {
    private final List<String> unreadable = new ArrayList<>();
    private final List<Integer> done = new ArrayList<>();

    @Override
    public void unreadable(int file, String why) {
      unreadable.add(file + ": " + why);
    }

    @Override
    public void done(int files) {
      done.add(files);
    }
  }

  @BeforeEach
  void open() {
    backend = Backends.open("auto", false, notice -> {});
    network = SmallNetworks.pooled(backend, INPUT, SmallNetworks.random(12, 3));
  }

  @AfterEach
  void close() {
    network.close();
    backend.close();
  }

  private static List<Path> files(int count) {
    return IntStream.range(0, count).mapToObj(i -> Path.of("photo" + i)).toList();
  }

  private static Survey.Prepared read(Path file) {
    int number = Integer.parseInt(file.toString().substring(5));
    return new Survey.Prepared(6, 7, SmallNetworks.random(SIZE, 1000 + number));
  }

  private static Survey.Prepared readOrRefuse(Path file) {
    if (file.toString().endsWith("3")) {
      throw new BadInputException(file + ": no picture");
    }
    return read(file);
  }

  /** One image at a time, by a plain search. */
  private List<List<Ranking.Entry>> expected(List<Path> files, String layer) {
    List<List<Ranking.Entry>> all = new ArrayList<>();
    IntStream.range(0, CHANNELS).forEach(c -> all.add(new ArrayList<>()));
    for (int i = 0; i < files.size(); i++) {
      try (Scope scope = new Scope(backend);
          Run run =
              network.forward(scope.of(INPUT, read(files.get(i)).values()), Listen.only(layer))) {
        float[] maps = run.output(layer).toFloats();
        for (int c = 0; c < CHANNELS; c++) {
          int best = 0;
          for (int p = 0; p < 42; p++) {
            best = maps[p * CHANNELS + c] > maps[best * CHANNELS + c] ? p : best;
          }
          all.get(c).add(new Ranking.Entry(i, maps[best * CHANNELS + c], best / 7, best % 7));
        }
      }
    }
    all.forEach(list -> list.sort(Comparator.comparingDouble(e -> -e.value())));
    return all.stream().map(list -> list.subList(0, 9)).toList();
  }

  @Test
  void theNineStrongestOfEachChannelAreFound() {
    List<Path> files = files(70);
    Ranking ranking = new Ranking(CHANNELS, 9);
    Heard heard = new Heard();
    new Survey(network, "maps", SurveyTest::read).run(files, 0, ranking, heard);

    List<List<Ranking.Entry>> expected = expected(files, "maps");
    for (int c = 0; c < CHANNELS; c++) {
      assertThat(ranking.of(c)).hasSize(9);
      for (int k = 0; k < 9; k++) {
        Ranking.Entry found = ranking.of(c).get(k);
        Ranking.Entry wanted = expected.get(c).get(k);
        assertThat(found.image()).isEqualTo(wanted.image());
        assertThat(List.of(found.y(), found.x())).containsExactly(wanted.y(), wanted.x());
        assertThat(found.value()).isCloseTo(wanted.value(), within(1e-5));
      }
    }
    assertThat(heard.done).last().isEqualTo(70);
    assertThat(heard.done).hasSizeGreaterThan(1);
  }

  @Test
  void whatIsNoPictureIsNamedAndSkipped() {
    Ranking ranking = new Ranking(CHANNELS, 9);
    Heard heard = new Heard();
    new Survey(network, "maps", SurveyTest::readOrRefuse).run(files(20), 0, ranking, heard);

    assertThat(heard.unreadable)
        .containsExactly("3: photo3: no picture", "13: photo13: no picture");
    for (int c = 0; c < CHANNELS; c++) {
      assertThat(ranking.of(c)).extracting(Ranking.Entry::image).doesNotContain(3, 13);
    }
  }

  @Test
  void aStoppedSurveyGoesOnToTheSameBits() {
    List<Path> files = files(100);
    Ranking whole = new Ranking(CHANNELS, 9);
    new Survey(network, "maps", SurveyTest::read).run(files, 0, whole, new Heard());

    Ranking begun = new Ranking(CHANNELS, 9);
    int[] done = new int[1];
    Survey.Listener killed =
        new Survey.Listener() {
          @Override
          public void unreadable(int file, String why) {}

          @Override
          public void done(int files) {
            done[0] = files;
            throw new IllegalStateException("killed");
          }
        };
    assertThatThrownBy(
            () -> new Survey(network, "maps", SurveyTest::read).run(files, 0, begun, killed))
        .hasMessage("killed");
    assertThat(done[0]).isBetween(1, 99);
    String state = Progression.of(Map.of("a", "b"), done[0], Map.of(), begun, Set.of(2)).json();
    Progression read = Progression.parse(state).orElseThrow();
    Ranking goneOn = read.ranking(9);
    List<Path> again = new ArrayList<>();
    new Survey(
            network,
            "maps",
            f -> {
              synchronized (again) {
                again.add(f);
              }
              return read(f);
            })
        .run(files, read.done(), goneOn, new Heard());

    assertThat(again).hasSize(100 - done[0]).doesNotContain(files.get(0));
    assertThat(read.drawn()).containsExactly(2);
    for (int c = 0; c < CHANNELS; c++) {
      assertThat(goneOn.of(c)).isEqualTo(whole.of(c));
    }
  }

  @Test
  void anErrorOfTheReadersOwnStopsTheSurvey() {
    Survey survey =
        new Survey(
            network,
            "maps",
            f -> {
              throw new IllegalStateException("broken");
            });
    assertThatThrownBy(() -> survey.run(files(3), 0, new Ranking(CHANNELS, 9), new Heard()))
        .hasMessage("broken");
  }

  @Test
  void layersWithoutMapsAreRankedByTheirNumbers() {
    Ranking ranking = new Ranking(3, 9);
    new Survey(network, "scores", SurveyTest::read).run(files(12), 0, ranking, new Heard());

    assertThat(ranking.of(0)).hasSize(9);
    assertThat(ranking.of(0))
        .extracting(Ranking.Entry::value)
        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void zeroAndNoNumberExciteNobodyAndEqualOnesStayInOrder() {
    Ranking ranking = new Ranking(2, 2);
    ranking.offer(0, new float[] {0, 1, Float.NaN, 1}, 0, 1, 2);
    ranking.offer(1, new float[] {0, 1, 0, 0}, 0, 2, 1);
    ranking.offer(2, new float[] {0, 1, 0, 2}, 0, 2, 1);

    assertThat(ranking.of(0)).isEmpty();
    assertThat(ranking.dead()).containsExactly(0);
    assertThat(ranking.of(1))
        .containsExactly(new Ranking.Entry(2, 2, 1, 0), new Ranking.Entry(0, 1, 0, 0));
  }

  @Test
  void whatHasChangedIsNamed() {
    Progression state =
        Progression.of(
            Map.of("model", "1", "layer", "x"), 5, Map.of(), new Ranking(2, 9), Set.of());

    assertThat(state.changed(Map.of("model", "1", "layer", "x"))).isEmpty();
    assertThat(state.changed(Map.of("model", "2", "layer", "x", "new", "y")))
        .isEqualTo("model, new");
    assertThat(Progression.parse("{")).isEmpty();
    assertThat(Progression.parse("{}")).isEmpty();
    assertThat(Progression.parse("no JSON")).isEmpty();
  }
}
