package dev.vitrine.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.viz.plot.LinePlot;
import java.time.LocalDate;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class BenchPageTest {
  private static final Machine MACHINE =
      new Machine(LocalDate.of(2026, 2, 3), 0, 2, List.of("vitrine: oneDNN <3>", "Java 17"));

  private static Samples samples() {
    Samples samples =
        new Samples()
            .machine()
            .convolutions("forward", 0.9)
            .convolutions("backwardData", 0.8)
            .network("forward", "vitrine", "vgg16", 1, 0, 80)
            .network("forward", "pytorch", "vgg16", 1, 0, 120)
            .network("gradient", "vitrine", "vgg16", 1, 0, 160)
            .add("MethodBenchmark.gradient", "device=cpu model=vgg16", 170)
            .add("MethodBenchmark.integratedGradients", "device=cpu model=vgg16", 17 * 500)
            .add("StartBenchmark.predict", "", 650, 640, 660);
    for (int batch : new int[] {1, 2, 4}) {
      samples.add(
          "ForwardBenchmark.forward",
          "backend=vitrine model=squeezenet size=224 batch=" + batch,
          9 * batch + 1);
    }
    samples.add(
        "ForwardBenchmark.forward", 0, 1, "backend=vitrine model=squeezenet size=224 batch=1", 18);
    return samples;
  }

  private static BenchPage page(List<String> failures) {
    return new BenchPage(MACHINE, "short", samples().results(), failures);
  }

  @Test
  void thePageHasTablesPlotsAndWhereItWasMadeWithin() {
    String html = page(List.of()).html();
    assertThat(html)
        .contains("<li>vitrine: oneDNN &lt;3&gt;</li>")
        .contains("A short run of ./vitrine bench, 2026-02-03, 2 threads each.")
        .contains("<th scope=\"row\">fused multiply-adds, 2 threads</th><td>1000 GFLOP/s</td>")
        .contains(
            "<th scope=\"row\">vgg16 forward, batch 1</th><td>80.00</td><td>120.00: 1.50</td>")
        .contains("<th scope=\"row\">vgg16 gradient, batch 1</th><td>160.00</td><td>-</td>")
        .contains("integrated gradients, 50 steps</th><td>8500.0</td><td>50.00, 1.00 a step</td>")
        .contains(
            "<th scope=\"row\">vgg16 gradient, batch 1</th><td>20.0</td><td>0</td><td>700</td>")
        .contains("<td>650 ms</td><td>under 700 ms</td><td>met</td>")
        .doesNotContain("Not measured");
    assertThat(Pattern.compile("<svg").matcher(html).results()).hasSize(2);
    assertThat(html.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http:", "https:", "src=", "href=");
  }

  @Test
  void aBusyMachineIsSaidToBe() {
    assertThat(MACHINE.busy()).isEmpty();
    assertThat(new Machine(MACHINE.date(), 1e6, 2, List.of()).busy())
        .hasValue("the machine is busy, its load is 1000000.0: do not quote what is measured");
    String html =
        new BenchPage(
                new Machine(MACHINE.date(), 1e6, 2, List.of()),
                "long",
                samples().results(),
                List.of())
            .html();
    assertThat(html)
        .contains("<p class=\"bad\">the machine is busy")
        .contains("<td>650 ms</td><td>under 700 ms</td><td>not judged</td>");
  }

  @Test
  void whatFailedIsSaid() {
    assertThat(page(List.of("start: no <launcher>")).html())
        .contains("<h2>Not measured</h2>")
        .contains("<li>start: no &lt;launcher&gt;</li>");
    assertThat(page(List.of("start: no launcher")).markdown())
        .contains("- not measured: start: no launcher\n");
  }

  @Test
  void theSameTablesAreThereForTheReadme() {
    assertThat(page(List.of()).markdown())
        .startsWith("## 2026-02-03, a short run\n\n- vitrine: oneDNN <3>\n- Java 17\n")
        .contains("### Networks\n")
        .contains("| network | vitrine | pytorch |\n| --- | --- | --- |\n")
        .contains("| vgg16 forward, batch 1 | 80.00 | 120.00: 1.50 |\n")
        .contains("| block3_conv2 | 2 | 4.11 | 900 | 90 % | 4.62 | 800 | 80 % |\n");
  }

  @Test
  void growthIsPlottedAgainstLinear() {
    List<LinePlot> plots = new Growth(samples().results(), 2).plots();
    assertThat(plots)
        .extracting(LinePlot::title)
        .containsExactly(
            "squeezenet, forward: growth with batch", "squeezenet, forward: growth with threads");
    LinePlot batch = plots.get(0);
    assertThat(batch.across()).extracting(LinePlot.Mark::text).containsExactly("1", "2", "4");
    assertThat(batch.curves())
        .extracting(LinePlot.Curve::name)
        .containsExactly("vitrine", "linear");
    assertThat(batch.curves().get(0).at()).containsExactly(0.25, 0.5, 1);
    assertThat(batch.curves().get(0).values()).containsExactly(10, 19, 37);
    assertThat(batch.curves().get(1).values()).containsExactly(10, 20, 40);
    LinePlot threads = plots.get(1);
    assertThat(threads.curves().get(0).values()[1]).isCloseTo(1.8, within(1e-9));
    assertThat(threads.curves().get(1).values()).containsExactly(1, 2);
  }

  @Test
  void sizesAreSpacedByTheirPixels() {
    Samples samples = new Samples();
    for (int size : new int[] {112, 224, 448}) {
      samples.add(
          "GradientBenchmark.gradient",
          "backend=vitrine model=vgg16-notop batch=1 size=" + size,
          size * size / 112.0);
    }
    LinePlot plot = new Growth(samples.results(), 2).plots().get(0);
    assertThat(plot.curves().get(0).at()).containsExactly(1 / 16.0, 1 / 4.0, 1);
    assertThat(plot.curves().get(1).values()).containsExactly(plot.curves().get(0).values());
  }
}
