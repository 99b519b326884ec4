package dev.vitrine.viz.render;

import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Rows of text under a head, as Markdown has them.
 *
 * @param rows each as long as the head
 */
public record Table(List<String> head, List<List<String>> rows) {

  /** The table, a row on each line. */
  public String markdown() {
    return row(head)
        + row(Collections.nCopies(head.size(), "---"))
        + rows.stream().map(Table::row).collect(Collectors.joining());
  }

  private static String row(List<String> cells) {
    return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
