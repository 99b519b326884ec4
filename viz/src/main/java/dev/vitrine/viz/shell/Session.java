package dev.vitrine.viz.shell;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;

/**
 * What a shell's variables stand for: a loaded network and one photograph. Whoever opened them
 * closes them; the shell that ends frees nothing itself.
 *
 * @param scope owns {@code x}, and what the snippets make in it
 * @param picture the photograph at the network's input size
 * @param x the same as the network takes it, {@code [1, h, w, 3]}
 */
public record Session(Model model, Scope scope, Picture picture, Tensor x) {
  private static Session current;

  /**
   * The session whose shell is open: its start-up script asks for it.
   *
   * @throws IllegalStateException if none is
   */
  public static Session current() {
    if (current == null) {
      throw new IllegalStateException("no shell is open; start one with ./vitrine shell");
    }
    return current;
  }

  static void set(Session session) {
    current = session;
  }

  /** The network, which the model owns. */
  public Network network() {
    return model.network();
  }
}
