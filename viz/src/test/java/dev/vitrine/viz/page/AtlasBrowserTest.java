package dev.vitrine.viz.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** Drives the atlas in headless Chromium, from disk; skipped where there is none. */
final class AtlasBrowserTest {
  @TempDir Path folder;
  private ChromeDriver browser;

  @BeforeEach
  void open() {
    OutputFolder out = new OutputFolder(folder);
    OutputFolder pictures = new OutputFolder(folder.resolve("cat-atlas"));
    pictures.png("photograph", plain(40, 60, 90));
    List<AtlasPage.Entry> entries = new ArrayList<>();
    for (String target : List.of("tabby", "tiger_cat")) {
      entries.add(entry(pictures, "pixels", "gradient", target, null, false));
      entries.add(entry(pictures, "pixels", "integrated-gradients", target, null, false));
      for (String layer : List.of("early", "late")) {
        entries.add(entry(pictures, "where", "gradcam", target, layer, true));
      }
    }
    entries.add(entry(pictures, "where", "eigencam", null, "late", true));
    AtlasPage page = new AtlasPage("cat </script> & co", "tiny", "cat-atlas", "It saw all of it.");
    page.photograph(
        "cat-atlas/photograph.png", plain(40, 60, 90), new Resize.Region(0, 15, 40, 30));
    page.choices(
        List.of(new AtlasPage.Group("pixels", "Pixels"), new AtlasPage.Group("where", "Where")),
        List.of(
            new AtlasPage.Target("tabby", "tabby"), new AtlasPage.Target("tiger_cat", "tiger cat")),
        List.of("early", "late"),
        entries);
    page.footer("1", "0", "cpu");
    Path html = out.text("cat-atlas.html", page.html());
    browser = Chromium.start(folder.resolve("profile"));
    size(1300, 900);
    browser.get(html.toUri().toString());
  }

  private static AtlasPage.Entry entry(
      OutputFolder pictures,
      String group,
      String method,
      String target,
      String layer,
      boolean map) {
    String name = method + "-" + target + "-" + layer;
    pictures.png(name, plain(40, 60, name.hashCode() & 0xff));
    if (map) {
      pictures.png(name + "-map", plain(40, 30, 200));
    }
    return new AtlasPage.Entry(
        group,
        method,
        target,
        layer,
        "cat-atlas/" + name + ".png",
        map ? "cat-atlas/" + name + "-map.png" : null,
        "./vitrine " + name,
        List.of(new AtlasPage.Figure("gap", "<0.5>")));
  }

  private static Picture plain(int h, int w, int value) {
    float[] rgb = new float[h * w * 3];
    java.util.Arrays.fill(rgb, value);
    return Picture.ofFloats(h, w, rgb);
  }

  @AfterEach
  void close() {
    if (browser != null) {
      assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
      browser.quit();
    }
  }

  private void size(int width, int height) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
  }

  private String text(String id) {
    return browser.findElement(By.id(id)).getText();
  }

  private WebElement radio(String value) {
    return browser.findElement(By.cssSelector("input[value='" + value + "']"));
  }

  /** Radios lie under their labels, which are what one clicks. */
  private void click(String value) {
    radio(value).findElement(By.xpath("..")).click();
  }

  @Test
  void clicksChooseTheMethodTheClassAndTheTab() {
    assertThat(browser.findElement(By.tagName("h1")).getText())
        .isEqualTo("Atlas of cat </script> & co in tiny");
    assertThat(text("title")).isEqualTo("Gradient");
    assertThat(text("command")).isEqualTo("./vitrine gradient-tabby-null");
    assertThat(text("figures")).contains("gap", "<0.5>");
    click("integrated-gradients");
    assertThat(text("title")).isEqualTo("Integrated gradients");
    assertThat(text("says")).contains("parts add up");
    assertThat(text("says-not")).contains("depend on which picture");
    click("tiger_cat");
    assertThat(text("command")).isEqualTo("./vitrine integrated-gradients-tiger_cat-null");
    assertThat(browser.findElement(By.id("layers")).isDisplayed()).isFalse();
    assertThat(browser.findElement(By.id("opacities")).isDisplayed()).isFalse();

    browser.findElement(By.id("tab-where")).click();
    assertThat(text("command")).isEqualTo("./vitrine gradcam-tiger_cat-late");
    assertThat(browser.findElement(By.id("layers")).isDisplayed()).isTrue();
    click("eigencam");
    assertThat(text("command")).isEqualTo("./vitrine eigencam-null-late");
    assertThat(browser.findElement(By.id("classes")).isDisplayed()).isFalse();
  }

  @Test
  void slidersChooseTheLayerAndTheOpacityByKeyboardToo() {
    browser.findElement(By.id("tab-pixels")).sendKeys(Keys.ARROW_RIGHT);
    assertThat(browser.switchTo().activeElement().getAttribute("id")).isEqualTo("tab-where");
    WebElement layer = browser.findElement(By.id("layer"));
    assertThat(layer.getAccessibleName()).startsWith("Layer");
    assertThat(layer.getAttribute("aria-valuetext")).isEqualTo("late");
    layer.sendKeys(Keys.ARROW_LEFT);
    assertThat(text("command")).isEqualTo("./vitrine gradcam-tabby-early");
    assertThat(text("layer-name")).isEqualTo("early");
    WebElement opacity = browser.findElement(By.id("opacity"));
    opacity.sendKeys(Keys.END);
    WebElement over = browser.findElement(By.id("over"));
    assertThat(over.getCssValue("opacity")).isEqualTo("1");
    opacity.sendKeys(Keys.HOME);
    assertThat(over.getCssValue("opacity")).isEqualTo("0");
    assertThat(text("opacity-text")).isEqualTo("0 %");
    radio("gradcam").sendKeys(Keys.ARROW_RIGHT);
    assertThat(text("title")).isEqualTo("Eigen-CAM");
  }

  @Test
  void theMapLiesOnThePartThatTheNetworkSaw() {
    browser.findElement(By.id("tab-where")).click();
    assertThat(number("over.getBoundingClientRect().width"))
        .isCloseTo(
            number("under.getBoundingClientRect().width") / 2,
            org.assertj.core.data.Offset.offset(1.0));
    assertThat(number("over.naturalWidth")).isEqualTo(30);
    assertThat(number("over.getBoundingClientRect().height"))
        .isCloseTo(
            number("under.getBoundingClientRect().height"),
            org.assertj.core.data.Offset.offset(1.0));
  }

  private double number(String script) {
    return ((Number) browser.executeScript("return " + script)).doubleValue();
  }

  @Test
  void picturesLoadWhenTheyAreLookedAt() {
    String others = "[...document.images].filter(i => i.src.includes('gradcam')).length";
    assertThat(number(others)).isZero();
    assertThat(
            number(
                "[...document.querySelectorAll('.thumbs img')].filter(i => i.loading != 'lazy').length"))
        .isZero();
    browser.findElement(By.id("tab-where")).click();
    assertThat(number(others)).isPositive();
  }

  @Test
  void nothingReachesBeyondTheScreen() {
    for (int width : new int[] {1300, 800, 390}) {
      size(width, 800);
      for (String tab : List.of("tab-pixels", "tab-where")) {
        browser.findElement(By.id(tab)).click();
        assertThat(number("document.documentElement.scrollWidth"))
            .as("%s at %d", tab, width)
            .isLessThanOrEqualTo(width);
      }
    }
  }
}
