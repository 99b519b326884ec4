package dev.vitrine.kernels.probe;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The time of VGG16's convolutions one after the other, in milliseconds per direction. A direction
 * that lacks one of the layers has no sum: a part of the network's time would mislead.
 *
 * @param who what computed: cudnn, fused, pytorch
 * @param choice how its algorithm was chosen
 */
record SumRow(
    String who,
    int batch,
    String layout,
    String precision,
    String choice,
    Map<Direction, Double> millis) {

  private static final Pattern TEXT =
      Pattern.compile(
          "(\\S+) batch=(\\d+) layout=(\\S+) precision=(\\S+) choice=(\\S+)"
              + " forward=(\\S+) data=(\\S+) weights=(\\S+)");

  String text() {
    return "%s batch=%d layout=%s precision=%s choice=%s forward=%s data=%s weights=%s"
        .formatted(
            who,
            batch,
            layout,
            precision,
            choice,
            figure(Direction.FORWARD),
            figure(Direction.DATA),
            figure(Direction.WEIGHTS));
  }

  /** Milliseconds, or a dash where there is no sum. */
  String figure(Direction direction) {
    Double value = millis.get(direction);
    return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
  }

  /** Forward and the gradient at the input: what an explanation of one image costs. */
  Optional<Double> forwardAndData() {
    Double forward = millis.get(Direction.FORWARD);
    Double data = millis.get(Direction.DATA);
    return forward == null || data == null ? Optional.empty() : Optional.of(forward + data);
  }

  static Optional<SumRow> parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    Map<Direction, Double> millis = new EnumMap<>(Direction.class);
    for (Direction direction : Direction.values()) {
      String figure = m.group(6 + direction.ordinal());
      if (!figure.equals("-")) {
        millis.put(direction, Double.valueOf(figure));
      }
    }
    return Optional.of(
        new SumRow(
            m.group(1), Integer.parseInt(m.group(2)), m.group(3), m.group(4), m.group(5), millis));
  }
}
