package dev.vitrine.weights.fetch;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The proxies to go through: Java's own settings ({@code -Dhttps.proxyHost} and its kin) where
 * there are any, or else what other programs follow, the environment's {@code https_proxy}, {@code
 * http_proxy}, {@code all_proxy} and {@code no_proxy}, in small or capital letters.
 *
 * @param selector which proxy serves which address
 * @param authenticator the name and password for it, where the environment has them
 */
public record Proxies(ProxySelector selector, Optional<Authenticator> authenticator) {
  private static final List<String> JAVA_SETTINGS =
      List.of("http.proxyHost", "https.proxyHost", "java.net.useSystemProxies");

  /** The proxies of the user who runs the program. */
  public static Proxies ofUser() {
    return of(System::getenv, System::getProperty);
  }

  /**
   * The proxies that these settings name.
   *
   * @throws BadInputException if a variable is no http URL of a host
   */
  static Proxies of(UnaryOperator<String> environment, UnaryOperator<String> properties) {
    Optional<URI> http = proxy("http_proxy", environment);
    Optional<URI> https = proxy("https_proxy", environment);
    boolean javas = JAVA_SETTINGS.stream().anyMatch(name -> properties.apply(name) != null);
    if (javas || (http.isEmpty() && https.isEmpty())) {
      return new Proxies(ProxySelector.getDefault(), Optional.empty());
    }
    String exceptions = variable("no_proxy", environment).map(Setting::value).orElse("");
    return new Proxies(new OfEnvironment(http, https, exceptions), authenticator(http, https));
  }

  private record Setting(String name, String value) {}

  private static Optional<Setting> variable(String name, UnaryOperator<String> environment) {
    return Stream.of(name, name.toUpperCase(Locale.ROOT))
        .filter(n -> environment.apply(n) != null && !environment.apply(n).isBlank())
        .map(n -> new Setting(n, environment.apply(n).strip()))
        .findFirst();
  }

  private static Optional<URI> proxy(String name, UnaryOperator<String> environment) {
    return variable(name, environment)
        .or(() -> variable("all_proxy", environment))
        .map(Proxies::uri);
  }

  private static URI uri(Setting setting) {
    String value = setting.value();
    try {
      URI uri = URI.create(value.contains("://") ? value : "http://" + value);
      if (uri.getScheme().equalsIgnoreCase("http") && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw unusable(setting, e);
    }
    throw unusable(setting, null);
  }

  private static BadInputException unusable(Setting setting, Throwable cause) {
    // Between the slashes and the @ there may be a password.
    String shown = setting.value().replaceFirst("^([a-zA-Z0-9+.-]+://)?.*@", "$1...@");
    return new BadInputException(
        setting.name()
            + " is '"
            + shown
            + "'; expected http://host:port, the only kind of proxy that is supported",
        cause);
  }

  private static Optional<Authenticator> authenticator(Optional<URI> http, Optional<URI> https) {
    List<URI> named =
        Stream.of(https, http)
            .flatMap(Optional::stream)
            .filter(uri -> uri.getUserInfo() != null)
            .toList();
    return named.isEmpty() ? Optional.empty() : Optional.of(new Credentials(named));
  }

  private static int port(URI proxy) {
    return proxy.getPort() < 0 ? 80 : proxy.getPort();
  }

  /** Picks by the scheme of the address, unless its host is excepted. */
  private static final class OfEnvironment extends ProxySelector {
    private final Optional<URI> http;
    private final Optional<URI> https;
    private final List<String> exceptions;

    OfEnvironment(Optional<URI> http, Optional<URI> https, String exceptions) {
      this.http = http;
      this.https = https;
      this.exceptions =
          Stream.of(exceptions.toLowerCase(Locale.ROOT).split("[,\\s]+"))
              .filter(text -> !text.isEmpty())
              .toList();
    }

    @Override
    public List<Proxy> select(URI uri) {
      Optional<URI> proxy = uri.getScheme().equalsIgnoreCase("https") ? https : http;
      if (proxy.isEmpty() || exceptions.stream().anyMatch(e -> covers(e, uri))) {
        return List.of(Proxy.NO_PROXY);
      }
      return List.of(
          new Proxy(
              Proxy.Type.HTTP,
              InetSocketAddress.createUnresolved(proxy.get().getHost(), port(proxy.get()))));
    }

    /** {@code *}, a host, or the end of one from a dot on; a port behind it has to be the same. */
    private static boolean covers(String exception, URI uri) {
      int colon = exception.lastIndexOf(':');
      boolean hasPort = colon > 0 && exception.substring(colon + 1).matches("[0-9]{1,5}");
      if (hasPort && Integer.parseInt(exception.substring(colon + 1)) != uri.getPort()) {
        return false;
      }
      String name = hasPort ? exception.substring(0, colon) : exception;
      String suffix = name.startsWith("*.") ? name.substring(1) : name;
      String host = uri.getHost().toLowerCase(Locale.ROOT);
      return suffix.equals("*")
          || host.equals(suffix)
          || host.endsWith(suffix.startsWith(".") ? suffix : "." + suffix);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress proxy, IOException error) {
      // The request that was to go through it fails with the same error.
    }
  }

  /** Tells a proxy, and nobody else, the name and password that the environment has for it. */
  private static final class Credentials extends Authenticator {
    private final List<URI> proxies;

    Credentials(List<URI> proxies) {
      this.proxies = proxies;
    }

    @Override
    protected PasswordAuthentication getPasswordAuthentication() {
      if (getRequestorType() != RequestorType.PROXY) {
        return null;
      }
      return proxies.stream()
          .filter(p -> p.getHost().equals(getRequestingHost()) && port(p) == getRequestingPort())
          .findFirst()
          .map(
              proxy -> {
                String[] parts = proxy.getUserInfo().split(":", 2);
                String password = parts.length > 1 ? parts[1] : "";
                return new PasswordAuthentication(parts[0], password.toCharArray());
              })
          .orElse(null);
    }
  }
}
