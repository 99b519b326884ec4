package dev.vitrine.kernels.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class GpuProbeArgumentsTest {
  private static GpuProbe parsed(String... arguments) {
    GpuProbe probe = new GpuProbe();
    GpuProbe.commandLine(probe).parseArgs(arguments);
    return probe;
  }

  @Test
  void withoutArgumentsEverythingIsMeasured() {
    GpuProbe probe = parsed();
    ProbeSettings settings = probe.settings();
    assertThat(probe.sections()).containsExactly(Section.values());
    assertThat(settings.batches()).containsExactly(1, 32);
    assertThat(settings.layouts()).containsExactly(TensorLayout.NHWC, TensorLayout.NCHW);
    assertThat(settings.precisions()).containsExactly(Precision.FLOAT32, Precision.TF32);
    assertThat(settings.layers()).isEqualTo(Vgg16.LAYERS);
    assertThat(settings.workspaceBytes()).isEqualTo(1L << 30);
    assertThat(settings.libraries()).isEmpty();
  }

  @Test
  void sectionsRunInTheirOwnOrderWhateverTheArgumentsSay() {
    GpuProbe probe = parsed("--sections", "graph,versions,Relu");
    probe.settings();
    assertThat(probe.sections()).containsExactly(Section.VERSIONS, Section.RELU, Section.GRAPH);
  }

  @Test
  void theLastOfTwoEqualOptionsCounts() {
    assertThat(parsed("--python", "a", "--python", "b").settings().python()).isEqualTo("b");
  }

  @Test
  void aSectionsProcessGetsTheSettingsThatItsParentHas() {
    ProbeSettings settings =
        parsed(
                "--batch=4,2",
                "--device=3",
                "--layers=block2_conv1,block5_conv3",
                "--samples=9",
                "--workspace=77",
                "--seed=-5",
                "--libraries=/opt/a,/opt/b c")
            .settings();
    ProbeSettings part = SectionProcess.part(settings, TensorLayout.NCHW, Precision.TF32);
    List<String> arguments = new SectionProcess(Section.FUSED, part).arguments(12.9);
    GpuProbe child = parsed(arguments.toArray(String[]::new));
    assertThat(child.settings()).isEqualTo(part);
    assertThat(child.sections()).containsExactly(Section.FUSED);
    assertThat(part.layouts()).containsExactly(TensorLayout.NCHW);
    assertThat(part.precisions()).containsExactly(Precision.TF32);
    assertThat(part.libraries()).containsExactly(Path.of("/opt/a"), Path.of("/opt/b c"));
    assertThat(part.batches()).containsExactly(4, 2);
    assertThat(arguments).contains("--child", "--seconds=12");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--batch=0          | --batch is 0: give 1 to 128",
        "--batch=200        | --batch is 200: give 1 to 128",
        "--seconds=0        | --seconds is 0: give at least 1",
        "--samples=0        | --samples is 0: give at least 1",
        "--device=-1        | --device is -1: give 0 or more",
        "--layers=conv9     | VGG16 has no convolution conv9: use block1_conv1 to block5_conv3",
        "--sections=nothing | Invalid value for option '--sections'",
        "--nonsense         | Unknown option: '--nonsense'",
      })
  void wrongUsageIsOneLineAndExitCodeTwo(String argument, String message) {
    StringWriter told = new StringWriter();
    CommandLine line = GpuProbe.commandLine(new GpuProbe());
    line.setErr(new PrintWriter(told));
    assertThat(line.execute(argument)).isEqualTo(2);
    assertThat(told.toString().strip()).startsWith("gpu-probe: " + message).hasLineCount(1);
  }

  @Test
  void helpNamesEverySectionAndTheExitCodes() {
    StringWriter told = new StringWriter();
    CommandLine line = GpuProbe.commandLine(new GpuProbe());
    line.setOut(new PrintWriter(told));
    assertThat(line.execute("--help")).isZero();
    assertThat(told.toString()).contains("CONVOLUTION", "PYTORCH", "Exit codes");
  }

  @Test
  void theSectionsShareTheWholeTime() {
    Map<Section, Double> all = GpuProbe.shares(List.of(Section.values()), 285);
    assertThat(all.values().stream().mapToDouble(Double::doubleValue).sum())
        .isBetween(284.9, 285.1);
    assertThat(GpuProbe.shares(List.of(Section.RELU), 60)).containsEntry(Section.RELU, 60.0);
  }
}
