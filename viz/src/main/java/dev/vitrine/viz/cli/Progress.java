package dev.vitrine.viz.cli;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A bar on standard error for work that takes longer than a second; silent where standard error is
 * no terminal. Closing takes the bar away.
 */
final class Progress implements AutoCloseable {
  private final Line line;
  private final ProgressBar bar;

  /**
   * How a task's steps are counted.
   *
   * @param unit what stands behind the numbers, such as {@code " MB"}
   * @param size how many steps make one of it
   */
  record Unit(String unit, long size) {
    static final Unit STEPS = new Unit("", 1);
    static final Unit MEGABYTES = new Unit(" MB", 1_000_000);
  }

  private Progress(Line line, ProgressBar bar) {
    this.line = line;
    this.bar = bar;
  }

  /**
   * Begins.
   *
   * @param task a word or two, left of the bar
   * @param done how many of the steps were made before, which says nothing about the speed
   * @param total the steps
   */
  static Progress of(String task, long done, long total, Unit unit) {
    return of(task, done, total, unit, isTerminal() ? System.err : null, Duration.ofSeconds(1));
  }

  /** On any stream, or nowhere for null. */
  static Progress of(
      String task, long done, long total, Unit unit, PrintStream out, Duration patience) {
    if (out == null) {
      return new Progress(null, null);
    }
    Line line = new Line(out, System.nanoTime() + patience.toNanos());
    ProgressBarBuilder builder =
        ProgressBar.builder()
            .setTaskName(task)
            .setInitialMax(total)
            .startsFrom(done, Duration.ZERO)
            .setUnit(unit.unit(), unit.size())
            .setUpdateIntervalMillis(200)
            .setStyle(ProgressBarStyle.ASCII)
            .setConsumer(line);
    if (unit.size() > 1) {
      builder.showSpeed();
    }
    return new Progress(line, builder.build());
  }

  /** Whether standard error is a terminal: the launcher's word, or else Java's guess. */
  static boolean isTerminal() {
    String told = System.getProperty("vitrine.terminal");
    return told == null ? System.console() != null : Boolean.parseBoolean(told);
  }

  /** So many of the steps are made. */
  void to(long done) {
    if (bar != null) {
      bar.stepTo(done);
    }
  }

  /** One more step is made. */
  void step() {
    if (bar != null) {
      bar.step();
    }
  }

  /** A line on standard error, above the bar. */
  void note(String text) {
    if (line == null) {
      CommandOutput.note(text);
    } else {
      line.above(text);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }

  /** The terminal's last line. The library's own way to it asks the terminal through natives. */
  private static final class Line implements ProgressBarConsumer {
    private final PrintStream out;
    private final long showFrom;
    private final int width;
    private boolean shown;

    Line(PrintStream out, long showFrom) {
      this.out = out;
      this.showFrom = showFrom;
      this.width = columns() - 1;
    }

    private static int columns() {
      String columns = System.getenv("COLUMNS");
      return columns != null && columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : 80;
    }

    @Override
    public int getMaxRenderedLength() {
      return width;
    }

    @Override
    public synchronized void accept(String text) {
      if (System.nanoTime() - showFrom >= 0) {
        out.print("\r" + text);
        out.flush();
        shown = true;
      }
    }

    synchronized void above(String text) {
      clear();
      out.println("vitrine: " + text);
    }

    @Override
    public synchronized void clear() {
      if (shown) {
        out.print("\r" + " ".repeat(width) + "\r");
        out.flush();
        shown = false;
      }
    }

    @Override
    public synchronized void close() {
      clear();
    }
  }
}
