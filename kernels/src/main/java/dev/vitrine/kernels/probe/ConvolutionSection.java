package dev.vitrine.kernels.probe;

import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.kernels.device.AlgorithmChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jcuda.jcudnn.JCudnn;

/**
 * VGG16's convolutions in cuDNN, in every direction, layout and precision: the algorithm that the
 * heuristic takes, the one that the search finds fastest, and the fastest that is deterministic.
 */
final class ConvolutionSection {
  private static final Section SECTION = Section.CONVOLUTION;

  private final ProbeSettings settings;
  private final Report report;
  private final Deadline deadline;

  ConvolutionSection(ProbeSettings settings, Report report, Deadline deadline) {
    this.settings = settings;
    this.report = report;
    this.deadline = deadline;
  }

  void run() {
    JCudnn.initialize();
    try (ProbeCard gpu = new ProbeCard(settings.device());
        CudnnOperations cudnn = new CudnnOperations(gpu)) {
      for (Precision precision : settings.precisions()) {
        for (TensorLayout layout : settings.layouts()) {
          for (int batch : settings.batches()) {
            sweep(gpu, cudnn, batch, layout, precision);
          }
        }
      }
    }
  }

  /** All layers at one batch size; layers of the same shape are measured once. */
  private void sweep(
      ProbeCard gpu, CudnnOperations cudnn, int batch, TensorLayout layout, Precision precision) {
    VggSums sums = new VggSums("cudnn", batch, layout, precision, settings.layers().size());
    Map<ConvolutionShape, String> measured = new LinkedHashMap<>();
    Map<ConvolutionShape, Verdict> verdicts = new LinkedHashMap<>();
    for (Vgg16.Layer layer : settings.layers()) {
      ConvolutionShape shape = layer.shape().withBatch(batch);
      String subject =
          "%s batch %d %s %s".formatted(layer.name(), batch, layout.label(), precision.label());
      String twin = measured.putIfAbsent(shape, layer.name());
      if (twin != null) {
        sums.repeat(twin, layer.name());
        report.line(SECTION, verdicts.get(shape), "%s: the shape of %s, see there", subject, twin);
      } else if (deadline.passed()) {
        verdicts.put(shape, Verdict.SKIPPED);
        report.line(SECTION, Verdict.SKIPPED, "%s: the section's time is spent", subject);
      } else {
        long troubles = report.troubles();
        report.check(
            SECTION,
            subject,
            () -> layer(gpu, cudnn, layer.name(), shape, layout, precision, subject, sums));
        verdicts.put(shape, report.troubles() == troubles ? Verdict.OK : Verdict.FAILED);
      }
    }
    sums.rows(Direction.values()).forEach(r -> report.line(SECTION, Verdict.SUM, r.text()));
  }

  private void layer(
      ProbeCard gpu,
      CudnnOperations cudnn,
      String name,
      ConvolutionShape shape,
      TensorLayout layout,
      Precision precision,
      String subject,
      VggSums sums) {
    long seed = settings.seed() + 10;
    ConvolutionWitness witness = ConvolutionBuffers.witness(shape, seed);
    try (ProbeConvolution convolution = new ProbeConvolution(cudnn, shape, layout, precision);
        ConvolutionBuffers buffers =
            ConvolutionBuffers.of(gpu, shape, layout, seed, settings.workspaceBytes())) {
      for (Direction direction : Direction.values()) {
        String what = subject + " " + direction.label();
        if (deadline.passed()) {
          report.line(SECTION, Verdict.SKIPPED, "%s: the section's time is spent", what);
          continue;
        }
        report.check(
            SECTION,
            what,
            () -> {
              OutputSample sample =
                  OutputSample.of(
                      shape, direction, layout, witness, settings.samples(), settings.seed());
              ConvolutionTrial trial =
                  new ConvolutionTrial(gpu, convolution, direction, buffers, shape, sample);
              direction(trial, convolution, direction, buffers, precision, what, name, sums);
            });
      }
    }
  }

  private void direction(
      ConvolutionTrial trial,
      ProbeConvolution convolution,
      Direction direction,
      ConvolutionBuffers buffers,
      Precision precision,
      String what,
      String layer,
      VggSums sums) {
    List<String> told = new ArrayList<>();
    Map<String, AlgorithmChoice> choices = new LinkedHashMap<>();
    boolean right = true;
    try {
      pick(convolution.heuristic(direction), false, buffers.workspaceBytes())
          .ifPresent(c -> choices.put("heuristic", c));
    } catch (BackendException e) {
      told.add("heuristic " + e.getMessage());
      right = false;
    }
    try {
      List<AlgorithmChoice> found = convolution.search(direction, buffers);
      pick(found, false, buffers.workspaceBytes()).ifPresent(c -> choices.put("search", c));
      pick(found, true, buffers.workspaceBytes())
          .ifPresent(c -> choices.put(Summary.DETERMINISTIC, c));
    } catch (BackendException e) {
      told.add("search " + e.getMessage());
      right = false;
    }
    Map<Integer, ConvolutionTrial.Outcome> tried = new LinkedHashMap<>();
    for (Map.Entry<String, AlgorithmChoice> entry : choices.entrySet()) {
      int algorithm = entry.getValue().algorithm();
      try {
        ConvolutionTrial.Outcome before = tried.get(algorithm);
        ConvolutionTrial.Outcome outcome = before == null ? trial.run(algorithm) : before;
        tried.put(algorithm, outcome);
        if (outcome.error() <= precision.errorLimit()) {
          sums.add(entry.getKey(), direction, layer, outcome.millis());
        } else {
          right = false;
        }
        told.add(
            before == null
                ? "%s %s%s"
                    .formatted(
                        entry.getKey(),
                        outcome.text(entry.getValue()),
                        precision == Precision.TF32
                                && outcome.error() <= Precision.FLOAT32.errorLimit()
                            ? " (so small: no TF32 was used)"
                            : "")
                : "%s the same %s"
                    .formatted(
                        entry.getKey(), ProbeConvolution.algorithmName(direction, algorithm)));
      } catch (BackendException e) {
        told.add(entry.getKey() + " " + e.getMessage());
        right = false;
      }
    }
    right &= !choices.isEmpty();
    report.line(
        SECTION,
        right ? Verdict.OK : Verdict.FAILED,
        "%s: %s",
        what,
        told.isEmpty() ? "cuDNN offers no algorithm" : String.join("; ", told));
  }

  /** The first choice that fits into the workspace and, where asked for, is deterministic. */
  static Optional<AlgorithmChoice> pick(
      List<AlgorithmChoice> choices, boolean deterministic, long workspaceBytes) {
    return choices.stream()
        .filter(c -> c.workspace() <= workspaceBytes)
        .filter(c -> !deterministic || c.deterministic())
        .findFirst();
  }
}
