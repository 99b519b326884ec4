package dev.vitrine.bench.jmh;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the machine could do: fused multiply-adds out of registers, and reading memory. Run with as
 * many threads as the engine has ({@code -t}); scores of threads add up. Written with Java's
 * vectors, which the compiler keeps in registers: no library's matrix product is the peak, since it
 * has to load its matrices, and ordinary loops store each sum back.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class MachineBenchmark {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int CHAINS = 12;
  private static final int LINKS = 160_000;

  /** Several times any cache that a thread has. */
  private static final int FLOATS = 1 << 26;

  /** Operations of one {@link #fma} call, a multiplication and an addition each. */
  public static final double OPERATIONS = 2.0 * CHAINS * LINKS;

  /** Bytes of one {@link #read} call. */
  public static final double BYTES = 4.0 * FLOATS;

  /** A thread's own memory. */
  @State(Scope.Thread)
  public static class Memory {
    float[] values;

    /** Touches it all. */
    @Setup
    public void setUp() {
      values = new float[FLOATS];
      Arrays.fill(values, 1);
      if (sum(values) != FLOATS) {
        throw new IllegalStateException("the sum of the ones is " + sum(values));
      }
    }
  }

  /**
   * Independent chains of {@code a = a * m + b}: as many as the units and the cycles that each
   * takes can have under way, with some to spare. By itself: inlined into JMH's loop the compiler
   * loses a third of the registers' speed or two, from one iteration to the next.
   */
  @Benchmark
  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  public float fma() {
    FloatVector m = FloatVector.broadcast(SPECIES, 0.999f);
    FloatVector b = FloatVector.broadcast(SPECIES, 0.001f);
    FloatVector a0 = FloatVector.broadcast(SPECIES, 0);
    FloatVector a1 = FloatVector.broadcast(SPECIES, 1);
    FloatVector a2 = FloatVector.broadcast(SPECIES, 2);
    FloatVector a3 = FloatVector.broadcast(SPECIES, 3);
    FloatVector a4 = FloatVector.broadcast(SPECIES, 4);
    FloatVector a5 = FloatVector.broadcast(SPECIES, 5);
    FloatVector a6 = FloatVector.broadcast(SPECIES, 6);
    FloatVector a7 = FloatVector.broadcast(SPECIES, 7);
    FloatVector a8 = FloatVector.broadcast(SPECIES, 8);
    FloatVector a9 = FloatVector.broadcast(SPECIES, 9);
    FloatVector a10 = FloatVector.broadcast(SPECIES, 10);
    FloatVector a11 = FloatVector.broadcast(SPECIES, 11);
    for (int i = 0; i < LINKS / SPECIES.length(); i++) {
      a0 = a0.fma(m, b);
      a1 = a1.fma(m, b);
      a2 = a2.fma(m, b);
      a3 = a3.fma(m, b);
      a4 = a4.fma(m, b);
      a5 = a5.fma(m, b);
      a6 = a6.fma(m, b);
      a7 = a7.fma(m, b);
      a8 = a8.fma(m, b);
      a9 = a9.fma(m, b);
      a10 = a10.fma(m, b);
      a11 = a11.fma(m, b);
    }
    FloatVector sum = a0.add(a1).add(a2.add(a3)).add(a4.add(a5).add(a6.add(a7)));
    return sum.add(a8.add(a9).add(a10.add(a11))).reduceLanes(VectorOperators.ADD);
  }

  /** Sums up an array that no cache holds. */
  @Benchmark
  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  public float read(Memory memory) {
    return sum(memory.values);
  }

  private static float sum(float[] values) {
    int step = SPECIES.length();
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = 0; i < values.length; i += 4 * step) {
      a = a.add(FloatVector.fromArray(SPECIES, values, i));
      b = b.add(FloatVector.fromArray(SPECIES, values, i + step));
      c = c.add(FloatVector.fromArray(SPECIES, values, i + 2 * step));
      d = d.add(FloatVector.fromArray(SPECIES, values, i + 3 * step));
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }
}
