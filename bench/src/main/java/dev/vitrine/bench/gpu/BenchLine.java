package dev.vitrine.bench.gpu;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of a benchmark, for people and for {@link GpuTable}: {@code topic verdict key=value
 * ...}. The Python script prints the same.
 *
 * @param topic {@code card}, {@code copy}, {@code kernel}, {@code vgg16}, {@code pytorch} or {@code
 *     part}
 * @param verdict {@code ok}, {@code failed}, {@code missing} or {@code skipped}
 * @param fields in order; a field {@code text} comes last and may have blanks
 */
record BenchLine(String topic, String verdict, Map<String, String> fields) {
  private static final Pattern LINE =
      Pattern.compile("(card|copy|kernel|vgg16|pytorch|part) +(ok|failed|missing|skipped) +(.*)");

  private static final Pattern FIELD = Pattern.compile("(\\w+)=(?:(?<=text=)(.*)|(\\S+))");

  static BenchLine of(String topic, String verdict) {
    return new BenchLine(topic, verdict, new LinkedHashMap<>());
  }

  /** The line that a text is; empty where a library or a test has written it. */
  static Optional<BenchLine> parse(String text) {
    Matcher line = LINE.matcher(text);
    if (!line.matches()) {
      return Optional.empty();
    }
    BenchLine parsed = of(line.group(1), line.group(2));
    Matcher field = FIELD.matcher(line.group(3));
    while (field.find()) {
      parsed.with(field.group(1), field.group(2) == null ? field.group(3) : field.group(2));
    }
    return Optional.of(parsed);
  }

  BenchLine with(String key, Object value) {
    fields.put(key, String.valueOf(value));
    return this;
  }

  BenchLine with(String key, String format, double value) {
    return with(key, String.format(Locale.ROOT, format, value));
  }

  boolean ok() {
    return verdict.equals("ok");
  }

  /** A field's text, empty if it is not there. */
  String text(String key) {
    return fields.getOrDefault(key, "");
  }

  /** A field as a number, NaN if it is not there. */
  double number(String key) {
    String value = fields.get(key);
    return value == null ? Double.NaN : Double.parseDouble(value);
  }

  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-7s %-7s", topic, verdict));
    fields.forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
    return line.toString();
  }
}
