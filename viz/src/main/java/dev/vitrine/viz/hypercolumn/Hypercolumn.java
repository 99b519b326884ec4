package dev.vitrine.viz.hypercolumn;

import dev.vitrine.viz.method.ChannelMaps;
import java.util.ArrayList;
import java.util.List;

/**
 * What several layers say of each pixel: their channels resampled to one size and put one after the
 * other (Hariharan, Arbeláez, Girshick and Malik, "Hypercolumns for Object Segmentation and
 * Fine-grained Localization", 2015). Only the layers' own maps are in memory; vectors are made a
 * row at a time.
 */
public final class Hypercolumn {
  private final List<ChannelMaps> layers;
  private final List<Bilinear> resampling;
  private final int height;
  private final int width;
  private final int channels;

  /**
   * Of these layers, at this size.
   *
   * @throws IllegalArgumentException if there is no layer, or no pixel
   */
  public Hypercolumn(List<ChannelMaps> layers, int height, int width) {
    if (layers.isEmpty() || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a hypercolumn of %d layers at %d x %d pixels, expected one of each at least"
              .formatted(layers.size(), width, height));
    }
    this.layers = List.copyOf(layers);
    this.height = height;
    this.width = width;
    this.resampling = new ArrayList<>();
    layers.forEach(l -> resampling.add(new Bilinear(l.h(), l.w(), height, width)));
    this.channels = layers.stream().mapToInt(ChannelMaps::channels).sum();
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** The length of each pixel's vector: all layers' channels. */
  public int channels() {
    return channels;
  }

  List<ChannelMaps> layers() {
    return layers;
  }

  Bilinear resampling(int layer) {
    return resampling.get(layer);
  }

  /** The vectors of one row of pixels, {@code [width, channels]}. */
  public void row(int y, float[] to) {
    int offset = 0;
    for (int l = 0; l < layers.size(); l++) {
      ChannelMaps maps = layers.get(l);
      resampling.get(l).row(maps.values(), maps.channels(), y, to, offset, channels);
      offset += maps.channels();
    }
  }

  /** The mean of each pixel's vector, {@code [height, width]}. */
  public float[] mean() {
    double[] mean = new double[height * width];
    for (int l = 0; l < layers.size(); l++) {
      ChannelMaps maps = layers.get(l);
      double[] low = new double[maps.h() * maps.w()];
      for (int i = 0; i < maps.values().length; i++) {
        low[i / maps.channels()] += maps.values()[i] / channels;
      }
      resampling.get(l).add(low, 1, mean); // a mean of resampled maps is the resampled mean
    }
    float[] values = new float[mean.length];
    for (int p = 0; p < values.length; p++) {
      values[p] = (float) mean[p];
    }
    return values;
  }
}
