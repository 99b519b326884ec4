package dev.vitrine.viz.topimages;

import java.util.ArrayList;
import java.util.List;

/** Of each channel the images whose maps reach highest, one position of each image. */
public final class Ranking {
  private final int most;
  private final List<List<Entry>> channels = new ArrayList<>();

  /**
   * An image's strongest position for a channel.
   *
   * @param image its index
   * @param y row of the map
   * @param x column of the map
   */
  public record Entry(int image, double value, int y, int x) {}

  /**
   * An empty ranking.
   *
   * @param most images of each channel
   */
  public Ranking(int channels, int most) {
    this.most = most;
    for (int c = 0; c < channels; c++) {
      this.channels.add(new ArrayList<>(most + 1));
    }
  }

  /** How many channels there are. */
  public int channels() {
    return channels.size();
  }

  /** A channel's images, strongest first; of equal ones the one that was offered first. */
  public List<Entry> of(int channel) {
    return List.copyOf(channels.get(channel));
  }

  /** The channels that no image excites. */
  public List<Integer> dead() {
    List<Integer> dead = new ArrayList<>();
    for (int c = 0; c < channels.size(); c++) {
      if (channels.get(c).isEmpty()) {
        dead.add(c);
      }
    }
    return dead;
  }

  /** Takes an image in where it belongs; zero, which is what a ReLU holds back, and NaN do not. */
  public void offer(int channel, Entry entry) {
    List<Entry> ranked = channels.get(channel);
    boolean beaten = ranked.size() == most && !(entry.value() > ranked.get(most - 1).value());
    if (entry.value() == 0 || Double.isNaN(entry.value()) || beaten) {
      return;
    }
    int at = ranked.size();
    while (at > 0 && ranked.get(at - 1).value() < entry.value()) {
      at--;
    }
    ranked.add(at, entry);
    if (ranked.size() > most) {
      ranked.remove(most);
    }
  }

  /**
   * Offers an image's maps, each with its strongest position, the first in reading order.
   *
   * @param maps holds {@code [h, w, channels]} from {@code offset} on
   */
  public void offer(int image, float[] maps, int offset, int h, int w) {
    int n = channels.size();
    float[] best = new float[n];
    int[] where = new int[n];
    System.arraycopy(maps, offset, best, 0, n);
    for (int p = 1, at = offset + n; p < h * w; p++) {
      for (int c = 0; c < n; c++, at++) {
        if (maps[at] > best[c] || Float.isNaN(best[c])) {
          best[c] = maps[at];
          where[c] = p;
        }
      }
    }
    for (int c = 0; c < n; c++) {
      offer(c, new Entry(image, best[c], where[c] / w, where[c] % w));
    }
  }
}
