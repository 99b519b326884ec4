package dev.vitrine.engine.backend;

/**
 * An affine map from output pixels to input pixels: output pixel {@code (y, x)} looks at input
 * position {@code (a*y + b*x + c, d*y + e*x + f)} (row, column; pixel centres at integers), sampled
 * bilinearly, zero outside.
 */
public record Affine(double a, double b, double c, double d, double e, double f) {}
