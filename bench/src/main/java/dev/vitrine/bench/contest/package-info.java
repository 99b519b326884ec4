/** Who is measured, on what, and that all of them compute the same. */
package dev.vitrine.bench.contest;
