package dev.vitrine.weights.fetch;

import static dev.vitrine.weights.fetch.Fetching.RIGHT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ProxiesTest {
  private static final RemoteFile FILE =
      Fetching.published(URI.create("http://models.invalid/net.h5"));

  @TempDir Path home;

  private Path fetchThrough(Proxies proxies) {
    return new Download(
            new CacheFolder(home),
            new Download.Settings(Fetching.PATIENT, proxies, folder -> OptionalLong.empty()),
            FetchListener.NONE)
        .fetch(FILE)
        .path();
  }

  private static Proxies proxies(Map<String, String> environment) {
    return Proxies.of(environment::get, name -> null);
  }

  private static Proxy proxyFor(String uri, Map<String, String> environment) {
    return proxies(environment).selector().select(URI.create(uri)).get(0);
  }

  @Test
  void theProxyOfTheEnvironmentIsAskedForTheWholeAddress() throws IOException {
    try (LoopbackServer proxy = new LoopbackServer(LoopbackServer.file(RIGHT, "\"one\""))) {
      Proxies proxies = proxies(Map.of("http_proxy", "http://127.0.0.1:" + proxy.port()));
      assertThat(fetchThrough(proxies)).hasBinaryContent(RIGHT);
      assertThat(proxy.requests().get(0).target()).isEqualTo("http://models.invalid/net.h5");
    }
  }

  @Test
  void aProxyIsToldTheNameAndPasswordThatItWants() throws IOException {
    String expected = "Basic " + base64("me:it's secret");
    LoopbackServer.Answer guarded =
        (request, out) -> {
          boolean allowed = expected.equals(request.header("proxy-authorization"));
          (allowed
                  ? LoopbackServer.file(RIGHT, "\"one\"")
                  : LoopbackServer.status(407, "Proxy-Authenticate: Basic realm=\"x\""))
              .write(request, out);
        };
    try (LoopbackServer proxy = new LoopbackServer(guarded)) {
      String address = "127.0.0.1:" + proxy.port();
      assertThatThrownBy(() -> fetchThrough(proxies(Map.of("http_proxy", address))))
          .isInstanceOf(FetchException.class)
          .hasMessageContaining("407: the proxy wants a name and password");
      String named = "http://me:it's%20secret@" + address;
      assertThat(fetchThrough(proxies(Map.of("http_proxy", named)))).hasBinaryContent(RIGHT);
    }
  }

  @Test
  void javasOwnSettingsComeFirst() throws IOException {
    Map<String, String> before = new HashMap<>();
    for (String name : new String[] {"http.proxyHost", "http.proxyPort"}) {
      before.put(name, System.getProperty(name));
    }
    try (LoopbackServer proxy = new LoopbackServer(LoopbackServer.file(RIGHT, "\"one\""))) {
      System.setProperty("http.proxyHost", "127.0.0.1");
      System.setProperty("http.proxyPort", String.valueOf(proxy.port()));
      Map<String, String> environment = Map.of("http_proxy", "http://127.0.0.1:1");
      assertThat(fetchThrough(Proxies.of(environment::get, System::getProperty)))
          .hasBinaryContent(RIGHT);
      assertThat(proxy.requests()).hasSize(1);
    } finally {
      before.forEach(
          (name, value) -> {
            if (value == null) {
              System.clearProperty(name);
            } else {
              System.setProperty(name, value);
            }
          });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http_proxy, http://a.org/x, 3128",
    "HTTP_PROXY, http://a.org/x, 3128",
    "https_proxy, https://a.org/x, 3128",
    "all_proxy, https://a.org/x, 3128",
    "ALL_PROXY, http://a.org/x, 3128",
  })
  void theVariableOfTheSchemeIsFollowed(String variable, String uri, int port) {
    assertThat(proxyFor(uri, Map.of(variable, "http://gate:3128")).address())
        .isEqualTo(InetSocketAddress.createUnresolved("gate", port));
  }

  @Test
  void theVariableOfTheOtherSchemeIsNotFollowed() {
    Map<String, String> environment = Map.of("http_proxy", "http://gate:3128");
    assertThat(proxyFor("https://a.org/x", environment)).isEqualTo(Proxy.NO_PROXY);
  }

  @ParameterizedTest
  @CsvSource({
    "'a.org', true",
    "'b.org, A.ORG', true",
    "'.org', true",
    "'org', true",
    "'*.org', true",
    "'*', true",
    "'a.org:8080', true",
    "'a.org:80', false",
    "'xa.org', false",
    "'rg', false",
    "'b.org', false",
  })
  void exceptionsAreHostsOrTheirEnds(String exceptions, boolean direct) {
    Proxy proxy =
        proxyFor("http://a.org:8080/x", Map.of("http_proxy", "gate:1", "no_proxy", exceptions));
    assertThat(proxy.equals(Proxy.NO_PROXY)).isEqualTo(direct);
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://me:secret@gate:1080", "https://gate", "http://", "a b"})
  void aProxyOfAnotherKindIsNamedNotPassedBy(String value) {
    assertThatThrownBy(() -> proxies(Map.of("HTTPS_PROXY", value)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("HTTPS_PROXY is '")
        .hasMessageContaining("expected http://host:port")
        .hasMessageNotContaining("secret");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
