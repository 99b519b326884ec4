package dev.vitrine.kernels.probe;

import java.util.Optional;

/** One line of the probe's output: the section, a verdict, and the figures. */
record ProbeLine(Section section, Verdict verdict, String text) {

  ProbeLine {
    text = text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " / ");
  }

  @Override
  public String toString() {
    return "%-11s %-7s %s".formatted(section.label(), verdict.label(), text);
  }

  /** Reads what {@link #toString} wrote; empty for a line that is none of the probe's. */
  static Optional<ProbeLine> parse(String line) {
    String[] parts = line.split("\\s+", 3);
    if (parts.length < 3) {
      return Optional.empty();
    }
    for (Section section : Section.values()) {
      for (Verdict verdict : Verdict.values()) {
        if (section.label().equals(parts[0]) && verdict.label().equals(parts[1])) {
          return Optional.of(new ProbeLine(section, verdict, parts[2]));
        }
      }
    }
    return Optional.empty();
  }
}
