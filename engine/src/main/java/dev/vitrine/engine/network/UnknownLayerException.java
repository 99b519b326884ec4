package dev.vitrine.engine.network;

import java.util.Collection;

/** A layer was asked for that the network does not have. */
public final class UnknownLayerException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private final String name;

  UnknownLayerException(String name, Collection<String> known) {
    super(
        "no layer is called '"
            + name
            + "'; the network has "
            + known.size()
            + ", from "
            + known.stream().findFirst().orElse("none")
            + " on: see 'summary'");
    this.name = name;
  }

  /** The name that was asked for. */
  public String name() {
    return name;
  }
}
