package dev.vitrine.viz.cli;

import dev.vitrine.viz.render.OutputFolder;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where results go and in which forms. */
final class OutputOptions {
  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "vitrine-out",
      description = "The folder for the results. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(names = "--raw", description = "Beside each picture the numbers, as a NumPy .npy file.")
  private boolean raw;

  @Option(
      names = "--json",
      description = "The result as JSON on standard output, nothing else there.")
  private boolean json;

  OutputFolder folder() {
    return new OutputFolder(out);
  }

  /** Where results go. */
  Path path() {
    return out;
  }

  boolean raw() {
    return raw;
  }

  boolean json() {
    return json;
  }
}
