package dev.vitrine.weights.fetch;

/** Is told how a download goes, on the thread that downloads. */
public interface FetchListener {
  /** Hears nothing. */
  FetchListener NONE =
      new FetchListener() {
        @Override
        public void progress(long done, long total) {}

        @Override
        public void note(String line) {}
      };

  /**
   * So many bytes are here; fewer than the time before when a download starts over.
   *
   * @param done what is here, 0..total; the first call says what an earlier fetch left
   * @param total the file's size
   */
  void progress(long done, long total);

  /** One line for people: that it resumes, waits or tries again, and why. */
  void note(String line);
}
