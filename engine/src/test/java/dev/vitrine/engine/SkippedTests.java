package dev.vitrine.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Says why tests were skipped, each reason once, which Maven's own report leaves out. */
public final class SkippedTests implements TestExecutionListener {
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    say(test, reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == Status.ABORTED) {
      say(test, result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
    }
  }

  private void say(TestIdentifier test, String reason) {
    String why = reason.replaceFirst("^Assumption failed: ", "").lines().findFirst().orElse("");
    if (said.add(why)) {
      System.out.println("[skipped] " + test.getDisplayName() + ": " + why);
    }
  }
}
