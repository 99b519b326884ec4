package dev.vitrine.weights.fetch;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A server on this machine that gives one answer after the other, the last one for ever, and closes
 * the connection after each; it can be as wrong as a test wants it.
 */
final class LoopbackServer implements Closeable {
  private final ServerSocket socket;
  private final List<Answer> answers;
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /** What the server was asked; the headers' names are in small letters. */
  record Request(String target, Map<String, String> headers) {
    String header(String name) {
      return headers.get(name);
    }
  }

  /** Writes status line, headers and body. */
  @FunctionalInterface
  interface Answer {
    void write(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  LoopbackServer(Answer... answers) throws IOException {
    this.answers = List.of(answers);
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(
        () -> {
          while (!socket.isClosed()) {
            Socket connection = accept();
            if (connection != null) {
              daemon(() -> serve(connection));
            }
          }
        });
  }

  int port() {
    return socket.getLocalPort();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  List<Request> requests() {
    return requests;
  }

  /** The {@code Range} of each request, null where there was none. */
  List<String> ranges() {
    return requests.stream().map(request -> request.header("range")).toList();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private Socket accept() {
    try {
      return socket.accept();
    } catch (IOException e) {
      return null;
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "loopback server");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Socket connection) {
    try (connection) {
      Request request = read(connection.getInputStream());
      Answer answer;
      synchronized (this) {
        answer = answers.get(Math.min(requests.size(), answers.size() - 1));
        requests.add(request);
      }
      OutputStream out = connection.getOutputStream();
      answer.write(request, out);
      out.flush();
    } catch (IOException e) {
      // The client went away, or the answer is one that breaks off.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Request read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the request ended early");
      }
      head.write(next);
    }
    List<String> lines = head.toString(StandardCharsets.ISO_8859_1).lines().toList();
    Map<String, String> headers = new TreeMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    return new Request(lines.get(0).split(" ")[1], headers);
  }

  /** Status, headers ({@code Name: value}) and body. */
  static Answer answer(int status, byte[] body, String... headers) {
    return (request, out) -> {
      StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Whatever\r\n");
      for (String header : headers) {
        head.append(header).append("\r\n");
      }
      head.append("Connection: close\r\n\r\n");
      out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      out.write(body);
    };
  }

  static Answer status(int status, String... headers) {
    byte[] body = ("no: " + status).getBytes(StandardCharsets.ISO_8859_1);
    String[] all = Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = "Content-Length: " + body.length;
    return answer(status, body, all);
  }

  /** The whole file, whatever range is asked for. */
  static Answer whole(byte[] file, String... headers) {
    String[] all = Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = "Content-Length: " + file.length;
    return answer(200, file, all);
  }

  /** A file as good servers serve it: with its ETag, ranges, and {@code If-Range}. */
  static Answer file(byte[] file, String etag) {
    return (request, out) -> {
      String condition = request.header("if-range");
      boolean same = condition == null || condition.equals(etag);
      (same ? range(file, "ETag: " + etag) : whole(file, "ETag: " + etag)).write(request, out);
    };
  }

  /** The range that is asked for, whatever {@code If-Range} says. */
  static Answer range(byte[] file, String... headers) {
    return (request, out) -> {
      String range = request.header("range");
      if (range == null) {
        whole(file, headers).write(request, out);
        return;
      }
      int from = Integer.parseInt(range.replaceAll("\\D", ""));
      if (from >= file.length) {
        status(416, "Content-Range: bytes */" + file.length).write(request, out);
        return;
      }
      String[] all = Arrays.copyOf(headers, headers.length + 2);
      all[headers.length] = "Content-Length: " + (file.length - from);
      all[headers.length + 1] =
          "Content-Range: bytes " + from + "-" + (file.length - 1) + "/" + file.length;
      answer(206, Arrays.copyOfRange(file, from, file.length), all).write(request, out);
    };
  }

  /** An answer whose connection is closed after so many bytes of its body. */
  static Answer cut(Answer answer, int bytes) {
    return (request, out) -> answer.write(request, new Limited(out, bytes, null));
  }

  /** An answer that halts after so many bytes of its body, with the line held. */
  static Answer stalled(Answer answer, int bytes, CountDownLatch until) {
    return (request, out) -> answer.write(request, new Limited(out, bytes, until));
  }

  /** Passes the head, given in one piece, and so many bytes of the body, given in another. */
  private static final class Limited extends FilterOutputStream {
    private final int limit;
    private final CountDownLatch until;
    private boolean headIsOut;

    Limited(OutputStream out, int limit, CountDownLatch until) {
      super(out);
      this.limit = limit;
      this.until = until;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      if (!headIsOut) {
        headIsOut = true;
        out.write(bytes);
        return;
      }
      int passed = Math.min(limit, bytes.length);
      out.write(bytes, 0, passed);
      out.flush();
      if (until == null) {
        throw new IOException("cut as the test wants it");
      }
      try {
        until.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      out.write(bytes, passed, bytes.length - passed);
    }
  }
}
