package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.refused;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

final class CommandLineInterfaceTest {
  @Test
  void everyCommandIsListedByItsOwnName() {
    CommandLineInterface.COMMANDS.forEach(
        (name, command) ->
            assertThat(command.getAnnotation(Command.class).name())
                .as("%s", command)
                .isEqualTo(name));
  }

  @Test
  void helpListsAllCommands() {
    Console help = Console.fine("--help");
    CommandLineInterface.COMMANDS
        .keySet()
        .forEach(name -> assertThat(help.out()).contains("\n  " + name + " "));
  }

  @Test
  void aMisspeltCommandIsFoundAmongAll() {
    assertThat(refused(2, "maximise")).contains("there is no command 'maximise'", "maximize");
  }

  @Test
  void optionsMayComeBeforeTheCommand() {
    assertThat(Console.run("--verbose", "models").exit()).isZero();
  }
}
