/** A whole run of the benchmarks, and what it says as tables, plots and a page. */
package dev.vitrine.bench.report;
