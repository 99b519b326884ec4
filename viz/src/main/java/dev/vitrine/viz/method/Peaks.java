package dev.vitrine.viz.method;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Where a channel's map is strongest. */
public final class Peaks {
  private Peaks() {}

  /**
   * A position of a map.
   *
   * @param sees of the input
   */
  public record Peak(int y, int x, double value, Patch sees) {}

  /** What a position of the map sees. */
  public interface Sight {
    Patch of(int y, int x);
  }

  /**
   * The strongest positions whose patches have no pixel in common, strongest first, of equal ones
   * the first in reading order: each is the strongest that the ones before it leave room for. Fewer
   * where there is no more room, or where the map is zero.
   *
   * @param most how many
   */
  public static List<Peak> of(ChannelMaps maps, int channel, int most, Sight sight) {
    float[] map = maps.map(channel);
    List<Integer> order =
        IntStream.range(0, map.length)
            .filter(p -> map[p] != 0 && !Float.isNaN(map[p]))
            .boxed()
            .sorted((a, b) -> Float.compare(map[b], map[a]))
            .toList();
    List<Peak> peaks = new ArrayList<>();
    for (int p : order) {
      Patch sees = sight.of(p / maps.w(), p % maps.w());
      if (peaks.stream().noneMatch(other -> other.sees().overlaps(sees))) {
        peaks.add(new Peak(p / maps.w(), p % maps.w(), map[p], sees));
        if (peaks.size() == most) {
          break;
        }
      }
    }
    return peaks;
  }
}
