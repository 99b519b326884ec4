package dev.vitrine.bench.report;

import dev.vitrine.bench.contest.Competitor;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.util.Version;

/**
 * Where, when and with what a run was.
 *
 * @param date when
 * @param versions a line for each: Java, the system, JMH, everyone who was measured
 */
record Machine(LocalDate date, int threads, List<String> versions) {

  static Machine here(List<Competitor> competitors) {
    List<String> versions = new ArrayList<>();
    competitors.forEach(c -> versions.add(c.name() + ": " + c.description()));
    versions.add(
        "Java %s by %s"
            .formatted(
                System.getProperty("java.runtime.version"), System.getProperty("java.vendor")));
    versions.add(
        "%s %s on %s, %d processors"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors()));
    versions.add("JMH " + Version.getPlainVersion());
    return new Machine(LocalDate.now(), Competitor.threads(), List.copyOf(versions));
  }
}
