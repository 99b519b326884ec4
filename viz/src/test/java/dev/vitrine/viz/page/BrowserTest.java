package dev.vitrine.viz.page;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.openqa.selenium.logging.LogType;

/** The page in Chromium; skipped where it or its driver is not on the path. */
final class BrowserTest {
  @TempDir Path folder;

  private ChromeDriver browser;

  @BeforeEach
  void open() throws IOException {
    Path page = folder.resolve("page.html");
    Files.writeString(page, ExplainPageTest.page("Café <cat>", 300, 27, 128).html());
    browser = Chromium.start(folder.resolve("profile"));
    size(1400, 900);
    browser.get(page.toUri().toString());
  }

  @AfterEach
  void close() {
    if (browser != null) {
      browser.quit();
    }
  }

  private void size(int width, int height) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
  }

  private void media(String feature, String value) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", feature, "value", value))));
  }

  private double number(String script) {
    return ((Number) browser.executeScript("return " + script)).doubleValue();
  }

  private double opacity() {
    return Double.parseDouble(browser.findElement(By.id("overlay-1")).getCssValue("opacity"));
  }

  @Test
  void nothingGoesWrongAndEveryPictureIsDrawn() {
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    assertThat(number("document.images.length")).isEqualTo(1 + 4 + 4 + 3 * (3 + 24));
    assertThat(number("[...document.images].filter(i => i.naturalWidth == 0).length")).isZero();
    assertThat(
            number(
                "performance.getEntriesByType('resource').filter(r => !r.name.startsWith('data:')).length"))
        .isZero();
    assertThat((String) browser.executeScript("return document.compatMode"))
        .isEqualTo("CSS1Compat");
  }

  @Test
  void theSliderIsReachedByTheKeyboardAndSetsTheOpacityOfEveryMap() {
    media("prefers-reduced-motion", "reduce");
    assertThat(opacity()).isEqualTo(0.65);
    browser.findElement(By.tagName("body")).sendKeys(Keys.TAB);
    WebElement slider = browser.switchTo().activeElement();
    assertThat(slider.getAttribute("id")).isEqualTo("opacity");
    assertThat(slider.getAccessibleName()).isEqualTo("Opacity of the maps");
    assertThat(slider.getCssValue("outline-style")).isEqualTo("solid");

    slider.sendKeys(Keys.ARROW_RIGHT);
    assertThat(opacity()).isEqualTo(0.7);
    assertThat(slider.getAttribute("aria-valuetext")).isEqualTo("70 percent");
    slider.sendKeys(Keys.HOME);
    for (WebElement map : browser.findElements(By.cssSelector(".stack img"))) {
      assertThat(map.getCssValue("opacity")).isEqualTo("0");
    }
    slider.sendKeys(Keys.END);
    assertThat(opacity()).isEqualTo(1);
    assertThat(browser.findElement(By.id("opacity-text")).getText()).isEqualTo("100 %");
  }

  @Test
  void mapsLieOnThePartThatTheNetworkSaw() {
    assertThat(number("document.getElementById('overlay-1').getBoundingClientRect().width"))
        .isCloseTo(
            number("document.querySelector('.stack').getBoundingClientRect().width") / 2,
            org.assertj.core.data.Offset.offset(1.0));
  }

  @Test
  void nothingReachesBeyondTheScreen() {
    for (int width : new int[] {1400, 1000, 700, 390, 320}) {
      size(width, 844);
      assertThat(number("document.documentElement.scrollWidth"))
          .as("width of the page on %d pixels", width)
          .isLessThanOrEqualTo(width);
      String beyond =
          "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right >"
              + " document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 80))"
              + ".join(', ')";
      assertThat((String) browser.executeScript("return " + beyond)).as("%d", width).isEmpty();
    }
  }

  @Test
  void darkAndLightAreBothReadable() {
    for (String scheme : List.of("light", "dark")) {
      media("prefers-color-scheme", scheme);
      double text = luminance(".quiet", "color");
      double ground = luminance("body", "backgroundColor");
      assertThat(ground < 0.05).as(scheme).isEqualTo(scheme.equals("dark"));
      double contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
      assertThat(contrast).as("contrast of the quiet text, %s", scheme).isGreaterThan(4.5);
    }
  }

  @Test
  void motionIsReducedWhereThatIsWanted() {
    media("prefers-reduced-motion", "reduce");
    assertThat(browser.findElement(By.id("overlay-1")).getCssValue("transition-duration"))
        .isEqualTo("0s");
  }

  /** Relative luminance as WCAG has it. */
  private double luminance(String selector, String property) {
    String color =
        (String)
            browser.executeScript(
                "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]",
                selector,
                property);
    String[] rgb = color.replaceAll("[^0-9,]", "").split(",");
    double[] weights = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      double share = Integer.parseInt(rgb[c].strip()) / 255.0;
      sum +=
          weights[c] * (share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4));
    }
    return sum;
  }
}
