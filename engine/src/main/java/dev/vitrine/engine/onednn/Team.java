package dev.vitrine.engine.onednn;

/** Threads that work side by side. */
interface Team {

  /** What its members do; members are numbered from 0, the calling thread. */
  interface Work {
    /** The share of one member; throws nothing. */
    void run(int member, int members);
  }

  /**
   * Lets {@code members} threads, the calling one among them, do some work, and returns when all
   * have done it. There may be fewer or more of them, and each is told how many.
   */
  void run(int members, Work work);

  /** Elements of a loop that are worth a thread: what it takes to begin costs as much. */
  int grain();
}
