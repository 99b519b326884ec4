/** The benchmarks, as JMH runs them. */
package dev.vitrine.bench.jmh;
