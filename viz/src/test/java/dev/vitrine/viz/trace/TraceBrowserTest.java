package dev.vitrine.viz.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.ClassScore;
import dev.vitrine.viz.method.Patch;
import dev.vitrine.viz.page.Chromium;
import dev.vitrine.viz.structure.ReceptiveField;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;

/** The page in Chromium; skipped where it or its driver is not on the path. */
final class TraceBrowserTest {
  private static final ClassScore ESPRESSO = new ClassScore("output.pre", 6, 10, false);

  @TempDir static Path folder;

  private static ChromeDriver browser;

  /** What the engine found, for the page's numbers to be held against: {@code [h, w, c]}. */
  private static final Map<String, float[]> ACTIVATIONS = new HashMap<>();

  private static final Map<String, Shape> SHAPES = new HashMap<>();
  private static Map<String, Optional<ReceptiveField>> fields;

  @BeforeAll
  static void make() throws IOException {
    browser = Chromium.start(folder.resolve("profile"));
    try (Backend backend = Backends.open("cpu", false, line -> {});
        Model model = Models.open("tiny_vgg", backend, Overrides.NONE);
        Scope scope = new Scope(backend)) {
      Picture cat = Resize.BILINEAR.apply(Picture.read(Path.of("samples/cat.png")), 64, 64);
      Tensor x = scope.of(Shape.of(1, 64, 64, 3), model.preprocessing().apply(cat));
      SHAPES.putAll(model.network().shapes(x.shape()));
      fields = ReceptiveField.of(model.network(), SHAPES);
      String[] layers = model.network().layers().stream().map(l -> l.name()).toArray(String[]::new);
      try (Run run = model.network().forward(x, Listen.to(layers))) {
        for (String layer : layers) {
          ACTIVATIONS.put(layer, run.output(layer).toFloats());
        }
      }
      for (ReluRule rule : ReluRule.values()) {
        try (Walk walk = new Walk(model.network());
            Run run = model.network().forward(x, Listen.to("output.pre").withGradients())) {
          Trace trace = walk.back(run, ESPRESSO, rule, false, n -> {});
          TracePage page = new TracePage(trace, "cat", "tiny_vgg", "espresso");
          page.photograph(cat, List.of("red", "green", "blue"));
          page.footer("1", "abc", "onednn");
          Files.writeString(folder.resolve(rule + ".html"), page.html());
        }
      }
    }
  }

  @AfterAll
  static void quit() {
    if (browser != null) {
      browser.quit();
    }
  }

  @BeforeEach
  void open() {
    open(ReluRule.GRADIENT);
  }

  private static void open(ReluRule rule) {
    size(1500, 1000);
    browser.get("about:blank");
    browser.get(folder.resolve(rule + ".html").toUri().toString());
  }

  private static void size(int width, int height) {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
  }

  private static Object run(String script, Object... arguments) {
    return browser.executeScript(script, arguments);
  }

  private static double number(String script) {
    return ((Number) run("return " + script)).doubleValue();
  }

  private static void show(String layer) {
    browser.findElements(By.cssSelector("#way button")).stream()
        .filter(b -> b.getText().lines().findFirst().orElse("").strip().equals(layer))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no way to " + layer))
        .click();
  }

  /** The map of one of a station's pictures. */
  private static WebElement map(int picture) {
    return browser.findElements(By.cssSelector("#station .map")).get(picture);
  }

  private static void click(WebElement map, int row, int column, int rows, int columns) {
    run("arguments[0].scrollIntoView({ block: 'center' })", map);
    int x = (int) Math.floor((column + 0.5) / columns * map.getSize().width);
    int y = (int) Math.floor((row + 0.5) / rows * map.getSize().height);
    new Actions(browser)
        .moveToElement(map, x - map.getSize().width / 2, y - map.getSize().height / 2)
        .click()
        .perform();
  }

  private static double data(String id, String key) {
    return Double.parseDouble(browser.findElement(By.id(id)).getDomAttribute("data-" + key));
  }

  private static double activation(String layer, int y, int x, int c) {
    Shape shape = SHAPES.get(layer);
    return ACTIVATIONS.get(layer)[(y * shape.dim(2) + x) * shape.dim(3) + c];
  }

  @Test
  void nothingGoesWrongOnAnyOfItsStations() {
    for (ReluRule rule : ReluRule.values()) {
      open(rule);
      browser.manage().logs().get(LogType.BROWSER);
      open(rule);
      int stations = browser.findElements(By.cssSelector("#way button")).size();
      assertThat(stations).isEqualTo(12 + 2);
      for (int i = 1; i < stations; i++) {
        browser.findElement(By.id("towards-pixels")).click();
        assertThat(browser.findElement(By.cssSelector(".walk span")).getText())
            .isEqualTo("Step " + (i + 1) + " of 14");
        assertThat(browser.findElements(By.cssSelector("#station .bad"))).isEmpty();
      }
      assertThat(browser.findElement(By.id("towards-pixels")).isEnabled()).isFalse();
      assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
      assertThat(
              number(
                  "performance.getEntriesByType('resource').filter(r =>"
                      + " !r.name.startsWith('data:')).length"))
          .isZero();
    }
  }

  @Test
  void aCellThatIsClickedShowsTheSumThatMadeIt() {
    show("conv_1_2");
    run("document.querySelectorAll('.thumb')[7].click()");
    click(map(0), 20, 31, 60, 60);

    assertThat(browser.findElement(By.id("cell-name")).getText())
        .isEqualTo("conv_1_2, channel 7, row 20, column 31");
    double found = activation("conv_1_2", 20, 31, 7);
    assertThat(data("sum-forth", "run")).isEqualTo(found);
    assertThat(data("sum-forth", "sum")).isCloseTo(found, within(1e-5));
    assertThat(number("document.querySelectorAll('.products')[0].querySelectorAll('td').length"))
        .isEqualTo(9 * 10);
    // The products and the bias that are shown, read off the page.
    assertThat(browser.findElement(By.id("sum-forth")).getText()).contains("90 products");
  }

  @Test
  void everySumOfEveryLayerIsWhatTheRunHas() {
    for (ReluRule rule : ReluRule.values()) {
      open(rule);
      // At every layer, cells in all corners of it: those of its output, then those of its input.
      @SuppressWarnings("unchecked")
      List<Map<String, Object>> found =
          (List<Map<String, Object>>)
              run(
                  """
                  const found = [];
                  for (let s = 1; s <= steps.length; s++) {
                    const step = steps[s - 1];
                    page.show(s);
                    for (const maps of [step.output, ...step.sources]) {
                      for (let n = 0; n < 4; n++) {
                        const cell = { y: (n * 37) % maps.h, x: (n * 53 + 5) % maps.w, c: (n * 71 + 3) % maps.c };
                        page.choose(maps, cell);
                        const sums = [...document.querySelectorAll('#station [data-sum]')];
                        for (const sum of sums) {
                          found.push({ layer: step.layer, maps: maps.name, ...cell, id: sum.id,
                            sum: Number(sum.dataset.sum), run: Number(sum.dataset.run),
                            own: maps === step.output });
                        }
                        if (!sums.length) found.push({ layer: step.layer, id: 'none' });
                      }
                    }
                  }
                  return found;
                  """);

      assertThat(found).hasSizeGreaterThan(12 * 4 * 2);
      for (Map<String, Object> f : found) {
        assertThat(f.get("id")).as("%s", f).isNotEqualTo("none");
        double sum = ((Number) f.get("sum")).doubleValue();
        double run = ((Number) f.get("run")).doubleValue();
        assertThat(sum).as("%s by %s", f, rule).isCloseTo(run, within(2e-6 * (1 + Math.abs(run))));
        if (f.get("id").equals("sum-forth") && (Boolean) f.get("own")) {
          Shape shape = SHAPES.get((String) f.get("layer"));
          int y = ((Number) f.get("y")).intValue();
          int x = ((Number) f.get("x")).intValue();
          int c = ((Number) f.get("c")).intValue();
          double engine =
              shape.rank() == 4
                  ? activation((String) f.get("layer"), y, x, c)
                  : ACTIVATIONS.get((String) f.get("layer"))[c];
          assertThat(run).as("%s", f).isEqualTo(engine);
        }
      }
      assertThat(found).anyMatch(f -> f.get("id").equals("sum-back"));
    }
  }

  @Test
  void whatTheMasksStopIsWhatTheRunStopped() {
    for (ReluRule rule : ReluRule.values()) {
      open(rule);
      show("relu_1_2");
      // The figure of the walk's own rule is the gradient that leaves, number for number.
      assertThat(
              number(
                  """
                  (() => {
                    const own = page.figures.filter(f => f.label?.startsWith('What'))
                      .find(f => f.label === 'What ' + trace.rule + ' lets pass');
                    const sent = steps.find(s => s.layer === 'relu_1_2').leaves(0);
                    return own.numbers.filter((v, i) => v !== sent[i]).length;
                  })()"""))
          .isZero();
      assertThat(browser.findElement(By.cssSelector(".chosen h4")).getText())
          .startsWith(rule.name().toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void theFrameOnThePhotographIsTheReceptiveField() {
    for (String layer : List.of("conv_1_1", "relu_1_2", "max_pool_1", "conv_2_2", "max_pool_2")) {
      show(layer);
      Shape shape = SHAPES.get(layer);
      int y = shape.dim(1) / 3;
      int x = shape.dim(2) - 2;
      click(map(0), y, x, shape.dim(1), shape.dim(2));
      Patch patch = Patch.seen(fields.get(layer), y, x, 64, 64);
      assertThat(browser.findElement(By.id("patch-text")).getText())
          .startsWith(
              "Rows %d to %d, columns %d to %d:"
                  .formatted(
                      patch.top(),
                      patch.top() + patch.height() - 1,
                      patch.left(),
                      patch.left() + patch.width() - 1));
      // What the page follows layer by layer comes to the same.
      assertThat(run("return page.reach[trace.input]"))
          .isEqualTo(
              run("return fieldOf(page.chosen.maps, page.chosen.cell, tensors[trace.input])"));
    }
  }

  @Test
  void whatACellFeedsIsWhatReadsIt() {
    Object wrong =
        run(
            """
            const wrong = [];
            const has = (area, y, x) => area !== null && area.top <= y && y <= area.bottom && area.left <= x && x <= area.right;
            for (const [kh, kw, sh, sw, top, left] of
                [[3, 3, 1, 1, 1, 1], [3, 2, 2, 3, 1, 0], [1, 1, 1, 1, 0, 0], [2, 2, 2, 2, 0, 0], [7, 5, 2, 1, 2, 3], [1, 1, 2, 2, 0, 0]]) {
              const x = { h: 13, w: 11, c: 1, row: false }, pad = 2;
              const y = { h: Math.floor((13 + top + pad - kh) / sh) + 1, w: Math.floor((11 + left + pad - kw) / sw) + 1, c: 1, row: false };
              const step = { kind: 'convolution', sources: [x], output: y,
                geometry: { map: 'window', kh, kw, sh, sw, dh: 1, dw: 1, top, left } };
              for (let r = 0; r < x.h; r++) for (let k = 0; k < x.w; k++) {
                const forth = areaForth(step, 0, areaOf({ y: r, x: k, c: 0 }));
                for (let i = 0; i < y.h; i++) for (let j = 0; j < y.w; j++) {
                  const back = areaBack(step, 0, areaOf({ y: i, x: j, c: 0 }));
                  const reads = i * sh - top <= r && r < i * sh - top + kh && j * sw - left <= k && k < j * sw - left + kw;
                  if (has(forth, i, j) !== reads || has(back, r, k) !== reads) wrong.push([kh, kw, sh, sw, r, k, i, j].join(' '));
                }
              }
            }
            return wrong.slice(0, 5);
            """);
    assertThat((List<?>) wrong).isEmpty();
  }

  @Test
  void theKeyboardMovesTheCellAndFollowsItBackAndOn() {
    show("max_pool_1");
    click(map(0), 4, 5, 30, 30);
    WebElement map = map(0);
    map.sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_UP);
    assertThat(browser.findElement(By.id("cell-name")).getText()).endsWith("row 5, column 6");
    assertThat(browser.findElement(By.id("said")).getDomProperty("textContent"))
        .startsWith("max_pool_1, channel")
        .contains("row 5, column 6: value");
    assertThat(map.getAriaRole()).isEqualTo("application");
    assertThat(map.getAccessibleName()).startsWith("Activation of max_pool_1: channel");
    double value = Double.parseDouble(browser.findElement(By.id("cell-value")).getText());

    map.sendKeys(Keys.ENTER);
    assertThat(browser.findElement(By.cssSelector("#way [aria-current]")).getText())
        .startsWith("relu_1_2");
    // The winner of the window has its value.
    assertThat(Double.parseDouble(browser.findElement(By.id("cell-value")).getText()))
        .isEqualTo(value);
    browser.switchTo().activeElement().sendKeys(Keys.chord(Keys.SHIFT, Keys.ENTER));
    assertThat(browser.findElement(By.id("cell-name")).getText())
        .startsWith("max_pool_1")
        .endsWith("row 5, column 6");
    browser.switchTo().activeElement().sendKeys(Keys.PAGE_DOWN);
    assertThat(browser.findElement(By.id("cell-name")).getText()).endsWith("row 5, column 6");

    // A chosen cell stays while the walk goes on, until the strongest is asked for again.
    show("conv_2_2");
    assertThat(browser.findElement(By.id("cell-name")).getText()).startsWith("max_pool_1");
    browser.findElement(By.id("again")).click();
    assertThat(browser.findElement(By.id("cell-name")).getText()).startsWith("conv_2_2");
  }

  @Test
  void everythingIsReachedWithTheTabulator() {
    show("relu_2_2");
    for (String selector : List.of("#way button", "#towards-pixels", ".map", ".thumb", "#back")) {
      WebElement element =
          browser.findElement(By.cssSelector("#station " + selector + ", " + selector));
      assertThat(element.getDomProperty("tabIndex")).as(selector).isEqualTo("0");
      assertThat(element.getAccessibleName()).as(selector).isNotBlank();
    }
  }

  @Test
  void nothingReachesBeyondTheScreen() {
    for (String layer : List.of("the score", "conv_2_1", "max_pool_1", "relu_1_1", "input_layer")) {
      for (int width : new int[] {1500, 1200, 800, 390}) {
        size(width, 844);
        show(layer);
        assertThat(number("document.documentElement.scrollWidth"))
            .as("width of %s on %d pixels", layer, width)
            .isLessThanOrEqualTo(width);
      }
    }
  }

  @Test
  void squeezenetsBranchesAreWalkedToo() throws IOException {
    try (Backend backend = Backends.open("cpu", false, line -> {});
        Model model = Models.open("squeezenet", backend, Overrides.NONE);
        Scope scope = new Scope(backend)) {
      Picture cat = Resize.BILINEAR.apply(Picture.read(Path.of("samples/cat.png")), 227, 227);
      Tensor x = scope.of(Shape.of(1, 227, 227, 3), model.preprocessing().apply(cat));
      ClassScore egyptian = new ClassScore("pool10", 285, 1000, false);
      try (Walk walk = new Walk(model.network());
          Run run = model.network().forward(x, Listen.to("pool10").withGradients())) {
        Trace trace = walk.back(run, egyptian, ReluRule.GRADIENT, false, n -> {});
        TracePage page = new TracePage(trace, "cat", "squeezenet", "Egyptian cat");
        page.photograph(cat, List.of("blue", "green", "red"));
        page.footer("1", "abc", "onednn");
        Files.writeString(folder.resolve("squeezenet.html"), page.html());
      }
    }
    browser.manage().logs().get(LogType.BROWSER);
    browser.get(folder.resolve("squeezenet.html").toUri().toString());

    // At every station, for the strongest cell: what is wrong, and what the frame leaves out.
    Object wrong =
        run(
            """
            const wrong = [];
            for (let i = 0; i < stations.length; i++) {
              page.show(i);
              const name = stations[i].name;
              for (const bad of document.querySelectorAll('#station .bad')) wrong.push(name + ': ' + bad.textContent);
              const { maps, cell } = page.chosen;
              const seen = page.reach[trace.input], frame = fieldOf(maps, cell, tensors[trace.input]);
              if (seen.top < frame.top || seen.bottom > frame.bottom || seen.left < frame.left || seen.right > frame.right) {
                wrong.push(name + ': ' + JSON.stringify([seen, frame]));
              }
            }
            return wrong.slice(0, 5);
            """);
    assertThat((List<?>) wrong).isEmpty();
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    // Two layers read a squeeze layer; what they send back adds up.
    show("fire2_squeeze1x1");
    assertThat(browser.findElement(By.id("station")).getText())
        .contains("2 layers read this one, fire2_expand3x3.pre and fire2_expand1x1.pre");
    // A part of the sums alone is on the page, and it says so.
    show("fire9_expand3x3.pre");
    assertThat(browser.findElement(By.id("sum-forth")).getText())
        .contains("the other 56 channels of fire9_squeeze1x1");
  }

  @Test
  void theScoreIsThePixelsAndTheBiases() {
    show("input_layer");
    assertThat(data("balance", "sum")).isCloseTo(data("balance", "run"), within(1e-4));
    assertThat(data("balance", "run")).isCloseTo(ACTIVATIONS.get("output.pre")[6], within(1e-5));
  }
}
