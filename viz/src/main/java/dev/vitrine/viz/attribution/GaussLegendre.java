package dev.vitrine.viz.attribution;

/**
 * Gauss' quadrature on 0..1: {@code integral of f = sum of weight_k f(node_k)}, exact for
 * polynomials of a degree below twice the number of nodes. Nodes are the zeros of Legendre's
 * polynomial, found by Newton's method from Tricomi's approximation.
 *
 * @param nodes ascending, in 0..1
 * @param weights positive, their sum is 1
 */
record GaussLegendre(double[] nodes, double[] weights) {

  /** The rule of {@code n} nodes, 1 or more. */
  static GaussLegendre of(int n) {
    double[] nodes = new double[n];
    double[] weights = new double[n];
    for (int k = 0; k < n; k++) {
      double x = -Math.cos(Math.PI * (k + 0.75) / (n + 0.5));
      double slope = 0;
      for (int iteration = 0; iteration < 100; iteration++) {
        double before = 1;
        double p = x;
        for (int degree = 2; degree <= n; degree++) {
          double next = ((2 * degree - 1) * x * p - (degree - 1) * before) / degree;
          before = p;
          p = next;
        }
        slope = n * (x * p - before) / (x * x - 1);
        double step = p / slope;
        x -= step;
        if (Math.abs(step) < 1e-15) {
          break;
        }
      }
      nodes[k] = (1 + x) / 2;
      weights[k] = 1 / ((1 - x * x) * slope * slope);
    }
    return new GaussLegendre(nodes, weights);
  }
}
