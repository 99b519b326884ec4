package dev.vitrine.viz.shell;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.logging.Level;
import java.util.logging.Logger;
import jdk.jshell.tool.JavaShellToolBuilder;

/** JShell, in this process, with everything imported and a session's variables set. */
public final class Shell {
  /** JShell keeps its history there; where that cannot be, Java would say so every half minute. */
  private static final Logger PREFERENCES = Logger.getLogger("java.util.prefs");

  private Shell() {}

  /**
   * Refuses a Java without JShell, before a network is loaded for it.
   *
   * @throws BadInputException saying which Java it is, and what to do
   */
  public static void check() {
    if (ModuleLayer.boot().findModule("jdk.jshell").isEmpty()) {
      throw new BadInputException(
          System.getProperty("java.home")
              + ": this Java has no JShell (module jdk.jshell), as a JRE has not;"
              + " set JAVA_HOME to a JDK 17 or newer");
    }
  }

  /**
   * Reads snippets from standard input until it ends or {@code /exit}.
   *
   * @return the exit code: 0, or what {@code /exit} was given
   */
  public static int open(Session session) {
    PREFERENCES.setLevel(Level.OFF);
    Session.set(session);
    try {
      Path startup = Files.createTempFile("vitrine", ".jsh");
      try {
        Files.copy(script(), startup, StandardCopyOption.REPLACE_EXISTING);
        return JShellTool.start(startup);
      } finally {
        Files.deleteIfExists(startup);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Session.set(null);
    }
  }

  /** What runs before the first snippet. */
  private static InputStream script() {
    return Shell.class.getResourceAsStream("startup.jsh");
  }

  /** Apart, since it does not load where there is no JShell. */
  private static final class JShellTool {
    static int start(Path startup) {
      try {
        return JavaShellToolBuilder.builder()
            .interactiveTerminal(System.console() != null)
            .start(
                "--class-path",
                System.getProperty("java.class.path"),
                "--execution",
                "local", // in this process: snippets share the loaded network
                "--startup",
                startup.toString());
      } catch (Exception e) {
        throw new IllegalStateException("JShell ended: " + e.getMessage(), e);
      }
    }
  }
}
