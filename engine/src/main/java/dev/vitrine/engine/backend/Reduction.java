package dev.vitrine.engine.backend;

/** Functions that fold axes of an array to extent 1. */
public enum Reduction {
  SUM,
  MEAN,
  MAX
}
