package dev.vitrine.viz.cli;

import dev.vitrine.weights.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Channels as a user lists them: {@code 3}, {@code 0-63}, {@code 0-7,12,40-41}. */
final class ChannelList {
  private static final Pattern PART = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

  private ChannelList() {}

  /**
   * The channels in the order listed, each once.
   *
   * @throws BadInputException if it is no such list
   */
  static List<Integer> parse(String text) {
    Set<Integer> found = new LinkedHashSet<>();
    for (String part : text.split(",", -1)) {
      Matcher m = PART.matcher(part.strip());
      int first = m.matches() ? Integer.parseInt(m.group(1)) : 0;
      int last = !m.matches() ? -1 : m.group(2) == null ? first : Integer.parseInt(m.group(2));
      if (last < first) {
        throw new BadInputException(
            "channels '" + text + "': '" + part + "' is neither a number nor a range such as 0-63");
      }
      for (int channel = first; channel <= last; channel++) {
        found.add(channel);
      }
    }
    return new ArrayList<>(found);
  }
}
