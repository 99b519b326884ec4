package dev.vitrine.engine;

import dev.vitrine.engine.backend.Backend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;

/** A backend seen from outside: counts calls, notes the peak, and breaks down on demand. */
public final class Watched {
  private static final Set<String> NEVER_FAIL = Set.of("release", "close", "liveBytes", "thaw");
  private final Backend backend;
  private final Backend watched;
  private long peak;
  private int calls;
  private int failing = -1;

  /** The exception that it breaks down with. */
  public static final class Breakdown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Breakdown(String where) {
      super(where);
    }
  }

  public Watched(Backend backend) {
    this.watched = backend;
    this.backend =
        (Backend)
            Proxy.newProxyInstance(
                Backend.class.getClassLoader(),
                new Class<?>[] {Backend.class},
                (proxy, method, arguments) -> {
                  if (!NEVER_FAIL.contains(method.getName()) && calls++ == failing) {
                    throw new Breakdown("call " + failing + ": " + method.getName());
                  }
                  try {
                    Object result = method.invoke(watched, arguments);
                    peak = Math.max(peak, watched.liveBytes());
                    return result;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  public Backend backend() {
    return backend;
  }

  /** The most bytes that were alive after a call. */
  public long peak() {
    return peak;
  }

  /** Starts counting anew: the call of that number, from 0, will fail. */
  public void failAt(int call) {
    calls = 0;
    failing = call;
  }
}
