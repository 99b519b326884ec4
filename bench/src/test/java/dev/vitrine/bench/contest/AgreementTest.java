package dev.vitrine.bench.contest;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AgreementTest {
  private static final Workload TINY = new Workload("vgg16-tiny", 1, 0);

  /** Computes what another does, but for one number. */
  private record Liar(Competitor honest, float factor) implements Competitor {
    @Override
    public String name() {
      return "liar";
    }

    @Override
    public String description() {
      return "what is not";
    }

    @Override
    public Optional<String> missing() {
      return Optional.empty();
    }

    @Override
    public boolean hasGradients() {
      return true;
    }

    @Override
    public Contender prepare(Workload workload) {
      Contender of = honest.prepare(workload);
      return new Contender() {
        @Override
        public void forward() {
          of.forward();
        }

        @Override
        public void gradient() {
          of.gradient();
        }

        @Override
        public float[] output() {
          return bent(of.output());
        }

        @Override
        public float[] inputGradient() {
          return bent(of.inputGradient());
        }

        @Override
        public void close() {
          of.close();
        }
      };
    }

    private float[] bent(float[] values) {
      values[3] *= factor;
      return values;
    }
  }

  private static void agree(float factor) {
    List<Competitor> both = List.of(Vitrine.CPU, new Liar(Vitrine.CPU, factor));
    Competitors.agree(both, TINY, Contender::output, Agreement.OF_OUTPUTS);
    Competitors.agree(both, TINY, Contender::inputGradient, Agreement.OF_GRADIENTS);
  }

  private static Map<String, float[]> answers(float[] one, float[] other) {
    Map<String, float[]> answers = new LinkedHashMap<>();
    answers.put("one", one);
    answers.put("other", other);
    return answers;
  }

  @Test
  void theEnginesOwnTwoBackendsAgree() {
    List<Competitor> two = List.of(Vitrine.CPU, new Vitrine("reference", "reference"));
    Competitors.agree(two, TINY, Contender::output, Agreement.OF_OUTPUTS);
    Competitors.agree(two, TINY, Contender::inputGradient, Agreement.OF_GRADIENTS);
  }

  @Test
  void oneNumberThatDiffersEndsIt() {
    assertThatCode(() -> agree(1)).doesNotThrowAnyException();
    assertThatThrownBy(() -> agree(1.5f))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching(
            "vgg16-tiny, batch 1: vitrine and liar do not agree on the output: distance .* of its"
                + " length, 0.000100 allowed; \\[3] .*");
  }

  @Test
  void differencesWithinTheToleranceAreAllowed() {
    Agreement tenth = new Agreement("sum", 0.1);
    tenth.check("w", answers(new float[] {3, 4}, new float[] {3, 4.4f}));
    assertThatThrownBy(() -> tenth.check("w", answers(new float[] {3, 4}, new float[] {3, 4.6f})))
        .hasMessageContaining(
            "distance 0.120 of its length, 0.100 allowed; [1] 4.00000 and 4.60000");
  }

  @Test
  void zerosAndNoNumbersAgreeWithNothing() {
    Agreement any = new Agreement("sum", 1);
    for (float[] bad : new float[][] {{0, 0}, {Float.NaN, 1}, {}}) {
      assertThatThrownBy(() -> any.check("w", answers(bad, bad)))
          .hasMessage("w: the sum of one is zero or no number, so it can't be compared");
    }
    assertThatThrownBy(() -> any.check("w", answers(new float[] {1}, new float[] {Float.NaN})))
        .hasMessageContaining("do not agree");
    assertThatThrownBy(() -> any.check("w", answers(new float[] {1}, new float[2])))
        .hasMessage("w: the sum has 1 numbers by one, 2 by other");
  }

  @Test
  void anUnknownCompetitorIsRefusedWithTheKnown() {
    assertThatThrownBy(() -> Competitors.get("caffe"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("backend 'caffe' is not known; here are vitrine");
  }
}
