package dev.vitrine.bench.report;

import java.util.List;
import java.util.stream.Collectors;

/** Rows of text under a heading, for the page and for Markdown. */
record Table(String title, String note, List<String> heads, List<Row> rows) {

  /** The first cell says what it is; the others are numbers. */
  record Row(List<String> cells) {
    static Row of(String... cells) {
      return new Row(List.of(cells));
    }

    String first() {
      return cells.get(0);
    }

    List<String> rest() {
      return cells.subList(1, cells.size());
    }
  }

  String head() {
    return heads.get(0);
  }

  List<String> otherHeads() {
    return heads.subList(1, heads.size());
  }

  boolean empty() {
    return rows.isEmpty();
  }

  /** For a README. */
  String markdown() {
    StringBuilder text = new StringBuilder("### " + title + "\n\n");
    if (!note.isEmpty()) {
      text.append(note).append("\n\n");
    }
    text.append(line(heads)).append(line(heads.stream().map(h -> "---").toList()));
    rows.forEach(row -> text.append(line(row.cells())));
    return text.append('\n').toString();
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
