package dev.vitrine.bench.report;

import static dev.vitrine.bench.report.Goals.number;

import dev.vitrine.bench.contest.Competitor;
import java.lang.management.ManagementFactory;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.openjdk.jmh.util.Version;

/**
 * Where, when and with what a run was.
 *
 * @param date when
 * @param load processes that wanted a processor in the last minute, NaN if not known
 * @param threads that each competitor gets
 * @param versions a line for each: Java, the system, JMH, everyone who was measured
 */
record Machine(LocalDate date, double load, int threads, List<String> versions) {
  /** Of a machine that does nothing else. */
  private static final double IDLE = 0.25;

  /** This one, now. */
  static Machine here(List<Competitor> competitors, Jmh.Waiting waiting) {
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
    versions.add("waiting threads: " + waiting.name().toLowerCase(Locale.ROOT));
    versions.add(number("load before the run: %.2f", now()));
    return new Machine(LocalDate.now(), now(), Competitor.threads(), List.copyOf(versions));
  }

  private static double now() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return load < 0 ? Double.NaN : load;
  }

  /** A warning, where others are at work. */
  Optional<String> busy() {
    double free = Runtime.getRuntime().availableProcessors() * IDLE;
    return load > free
        ? Optional.of(
            number("the machine is busy, its load is %.1f: do not quote what is measured", load))
        : Optional.empty();
  }
}
