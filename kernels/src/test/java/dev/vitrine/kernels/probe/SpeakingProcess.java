package dev.vitrine.kernels.probe;

/** A program that says a line and then ends with a code, or does not end. */
final class SpeakingProcess {
  private SpeakingProcess() {}

  public static void main(String[] arguments) throws InterruptedException {
    System.out.println("graph       ok      a line before the end");
    System.out.println("a library's warning");
    System.out.flush();
    if (arguments[0].equals("hang")) {
      Thread.sleep(600_000);
    }
    Runtime.getRuntime().halt(Integer.parseInt(arguments[0]));
  }
}
