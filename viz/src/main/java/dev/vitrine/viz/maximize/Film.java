package dev.vitrine.viz.maximize;

/** Watches images being made. */
public interface Film {

  /** Watches nothing. */
  Film NONE =
      new Film() {
        @Override
        public boolean wants(int step) {
          return false;
        }

        @Override
        public void frame(int image, int height, int width, float[] colors) {
          throw new IllegalStateException("a frame that was not wanted");
        }
      };

  /**
   * Whether the images after a step are to be shown.
   *
   * @param step from 1 on, counted through all rounds; 0 is what the first one starts from
   */
  boolean wants(int step);

  /**
   * One of the images.
   *
   * @param image which, from 0
   * @param colors {@code [height, width, 3]} in 0..1, RGB
   */
  void frame(int image, int height, int width, float[] colors);
}
