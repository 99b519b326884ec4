package dev.vitrine.weights.image;

/**
 * One class of a network.
 *
 * @param index the network's output, from 0
 * @param wordnet the WordNet id such as n02123045, or null where the classes have none
 * @param name as the list of classes writes it, such as Egyptian_cat
 */
public record Label(int index, String wordnet, String name) {
  /** Index, WordNet id and name in one line, as messages show a class. */
  @Override
  public String toString() {
    return index + (wordnet == null ? " " : " " + wordnet + " ") + name;
  }
}
