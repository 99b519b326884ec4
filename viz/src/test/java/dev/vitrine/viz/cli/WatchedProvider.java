package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendProvider;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.DeviceOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code --device watched}: the CPU's backend, which writes down what lived when it was closed. */
public final class WatchedProvider implements BackendProvider {
  /** One backend that a command opened. */
  static final class Watch {
    long mostLiveBytes;
    long liveBytesAtClose = -1;
  }

  /** What the backend says may be used, where that is not 0. */
  static long memoryBudget;

  static final List<Watch> OPENED = new ArrayList<>();

  @Override
  public String name() {
    return "watched";
  }

  @Override
  public String device() {
    return "test";
  }

  @Override
  public int priority() {
    return -1000;
  }

  @Override
  public Optional<String> missing() {
    return Optional.empty();
  }

  @Override
  public Backend open(DeviceOptions options) {
    Backend backend = Backends.open("cpu", false, notice -> {});
    Watch watch = new Watch();
    OPENED.add(watch);
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("memoryBudget") && memoryBudget > 0) {
                return memoryBudget;
              } else if (method.getName().equals("close")) {
                watch.liveBytesAtClose = backend.liveBytes();
              } else if (method.getName().equals("release")) {
                watch.mostLiveBytes = Math.max(watch.mostLiveBytes, backend.liveBytes());
              }
              try {
                return method.invoke(backend, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
