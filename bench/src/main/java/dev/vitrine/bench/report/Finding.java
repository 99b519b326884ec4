package dev.vitrine.bench.report;

/**
 * One goal and what was measured.
 *
 * @param what in words
 * @param measured with its unit
 * @param goal in words
 * @param met null if it could not be measured
 */
record Finding(String what, String measured, String goal, Boolean met) {

  String verdict() {
    return met == null ? "not measured" : met ? "met" : "MISSED";
  }
}
