package dev.vitrine.viz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.vitrine.weights.fetch.CacheFolder;
import dev.vitrine.weights.fetch.Catalog;
import dev.vitrine.weights.fetch.Download;
import dev.vitrine.weights.fetch.Patience;
import dev.vitrine.weights.fetch.Proxies;
import dev.vitrine.weights.fetch.RemoteFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
final class FetchCommandTest {
  private static final byte[] BYTES = "the weights of a network".getBytes(StandardCharsets.UTF_8);

  @TempDir Path home;
  private HttpServer server;
  private RemoteFile net;

  private record Outcome(int exit, String out, String err) {}

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/net.h5",
        exchange -> {
          exchange.sendResponseHeaders(200, BYTES.length);
          exchange.getResponseBody().write(BYTES);
          exchange.close();
        });
    server.start();
    String md5 = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(BYTES));
    net = new RemoteFile("net", uri("/net.h5"), BYTES.length, md5, "a network", "nobody's");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private Outcome run(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
      Download.Settings settings =
          new Download.Settings(
              Patience.DEFAULT,
              new Proxies(ProxySelector.getDefault(), Optional.empty()),
              folder -> OptionalLong.empty());
      FetchCommand command =
          new FetchCommand(
              name -> name.equals("net") ? net : Catalog.get(name),
              () -> new CacheFolder(home),
              () -> settings);
      int exit =
          new CommandLine(command)
              .setExecutionExceptionHandler((e, c, p) -> Errors.report(e, false))
              .setParameterExceptionHandler(Errors::ofParameters)
              .execute(arguments);
      return new Outcome(
          exit,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @Test
  void aModelIsFetchedOnceAndThenFoundHere() {
    Path file = home.resolve("models/net.h5");
    assertThat(run("net"))
        .isEqualTo(new Outcome(0, "net is here: " + file + System.lineSeparator(), ""));
    assertThat(file).hasBinaryContent(BYTES);
    assertThat(run("net").out()).contains("was here already").contains(file.toString());
  }

  @Test
  void theResultIsJsonAndNothingElse() throws IOException {
    JsonNode result = new ObjectMapper().readTree(run("net", "--json").out());
    assertThat(result.get("model").textValue()).isEqualTo("net");
    assertThat(result.get("file").textValue()).isEqualTo(home.resolve("models/net.h5").toString());
    assertThat(result.get("bytes").longValue()).isEqualTo(BYTES.length);
    assertThat(result.get("md5").textValue()).isEqualTo(net.md5());
    assertThat(result.get("wasHere").booleanValue()).isFalse();
    JsonNode builtIn = new ObjectMapper().readTree(run("squeezenet", "--json").out());
    assertThat(builtIn.get("wasHere").booleanValue()).isTrue();
  }

  @Test
  void aMirrorAndAFileServeAsWell() throws IOException {
    assertThat(run("net", "--from", uri("/").toString()).exit()).isZero();
    Files.delete(home.resolve("models/net.h5"));
    Path brought = Files.write(home.resolve("brought"), BYTES);
    assertThat(run("net", "--from", brought.toString()).exit()).isZero();
    assertThat(home.resolve("models/net.h5")).hasBinaryContent(BYTES);
  }

  @Test
  void aFailureIsOneLineAndExitCodeOne() {
    Outcome missing = run("net", "--from", uri("/elsewhere.h5").toString());
    assertThat(missing.exit()).isEqualTo(1);
    assertThat(missing.out()).isEmpty();
    assertThat(missing.err()).hasLineCount(1).contains("404").contains("/elsewhere.h5");
    Outcome unknown = run("vgg17");
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.err()).hasLineCount(1).contains("vgg16, vgg16-notop");
  }

  @Test
  void aModelThatIsBuiltInNeedsNoFetch() {
    Outcome outcome = run("squeezenet");
    assertThat(outcome.exit()).isZero();
    assertThat(outcome.out()).contains("squeezenet comes with the program");
  }

  @Test
  void aMissingNameIsWrongUsage() {
    assertThat(run().exit()).isEqualTo(2);
  }

  @Test
  void theCommandLineKnowsFetchAndItsHelpNamesTheModels() {
    PrintStream out = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      assertThat(CommandLineInterface.run("fetch", "--help")).isZero();
    } finally {
      System.setOut(out);
    }
    String help = bytes.toString(StandardCharsets.UTF_8);
    assertThat(help).contains("--from", "VITRINE_HOME");
    for (RemoteFile file : Catalog.all()) {
      assertThat(help).contains(file.name() + " (" + file.size());
    }
  }
}
