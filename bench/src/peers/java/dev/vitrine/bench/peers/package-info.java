/** What people would use instead, measured beside our engine. */
package dev.vitrine.bench.peers;
