/**
 * Models that are too large to come with the program: what there is, where they are kept, and how
 * they get there whole. {@link dev.vitrine.weights.fetch.Catalog} knows them, {@link
 * dev.vitrine.weights.fetch.CacheFolder} keeps them, {@link dev.vitrine.weights.fetch.Download}
 * brings them.
 */
package dev.vitrine.weights.fetch;
