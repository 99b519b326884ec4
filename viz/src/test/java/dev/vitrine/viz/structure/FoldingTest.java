package dev.vitrine.viz.structure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.page.Chromium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;

/** The graph of nested models in Chromium. */
final class FoldingTest {
  @TempDir Path folder;

  private ChromeDriver browser;

  @BeforeEach
  void open() throws IOException {
    browser = Chromium.start(folder.resolve("profile"));
    try (Backend backend = Backends.open("reference", false, note -> {});
        Network network = Structures.nested(backend)) {
      Diagram diagram = Diagram.of(network, LayerTable.of(network), false);
      Path svg = folder.resolve("graph.svg");
      Files.writeString(svg, new DiagramSvg(diagram, Map.of(), true, false).svg("nested"));
      browser.get(svg.toUri().toString());
    }
  }

  @AfterEach
  void close() {
    if (browser != null) {
      browser.quit();
    }
  }

  private long shown(String selector) {
    return browser.findElements(By.cssSelector(selector)).stream()
        .filter(WebElement::isDisplayed)
        .count();
  }

  private double height() {
    return Double.parseDouble(browser.findElement(By.cssSelector("svg")).getDomAttribute("height"));
  }

  /** Pairs of boxes that lie over each other. */
  private List<?> overlaps() {
    return (List<?>)
        browser.executeScript(
            "const all = [...document.querySelectorAll('.box:not([hidden]), .folded:not([hidden])')]"
                + ".map(b => [b.id, b.getBoundingClientRect()]);"
                + "return all.flatMap(([i, a], n) => all.slice(0, n).filter(([j, b]) =>"
                + " a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)"
                + ".map(([j]) => i + j));");
  }

  @Test
  void aClickFoldsAGroupAndTheRestMovesUp() {
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    assertThat(shown(".box")).isEqualTo(11);
    assertThat(overlaps()).isEmpty();
    double whole = height();

    browser.findElement(By.cssSelector("#g1 .sign")).click();
    assertThat(shown(".box")).isEqualTo(8);
    assertThat(browser.findElement(By.id("g1")).getText()).contains("3 layers, 640 parameters");
    assertThat(overlaps()).isEmpty();
    double inner = height();

    browser.findElement(By.cssSelector("#g0 .sign")).click();
    assertThat(shown(".box")).isEqualTo(4);
    assertThat(shown(".group")).isEqualTo(1);
    assertThat(overlaps()).isEmpty();
    assertThat(height()).isLessThan(inner);
    assertThat(inner).isLessThan(whole);

    browser.findElement(By.cssSelector("#g0 .sign")).click();
    browser.findElement(By.cssSelector("#g1 .sign")).click();
    assertThat(shown(".box")).isEqualTo(11);
    assertThat(height()).isEqualTo(whole);
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
  }

  @Test
  void theKeyboardFoldsToo() {
    new Actions(browser).sendKeys(Keys.TAB, Keys.ENTER).perform();
    assertThat(shown(".box")).isEqualTo(4);
    new Actions(browser).sendKeys(Keys.SPACE).perform();
    assertThat(shown(".box")).isEqualTo(11);
  }
}
