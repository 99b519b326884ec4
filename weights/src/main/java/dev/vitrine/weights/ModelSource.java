package dev.vitrine.weights;

import java.io.IOException;
import java.io.InputStream;

/** Where a model's file can be read again from. */
@FunctionalInterface
interface ModelSource {
  InputStream open() throws IOException;
}
