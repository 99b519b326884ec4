package dev.vitrine.kernels.played;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vitrine.kernels.device.KernelArguments;
import dev.vitrine.kernels.device.Launch;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The running program that plays a card; see {@code player.cpp} for how it is spoken to. */
final class PlayerProcess implements AutoCloseable {
  private static final int REPORT = 4000;

  private final Process process;
  private final Path report;
  private final OutputStream orders;
  private final InputStream answers;

  PlayerProcess(Sanitizer sanitizer) {
    try {
      report = Files.createTempFile("vitrine-player", ".txt");
      ProcessBuilder builder = new ProcessBuilder(GridPlayer.build(sanitizer).toString());
      // What a card's memory still holds when it is closed is no leak.
      builder.environment().put("ASAN_OPTIONS", "detect_leaks=0:allocator_may_return_null=1");
      builder.environment().put("TSAN_OPTIONS", "halt_on_error=1");
      process = builder.redirectError(report.toFile()).start();
      orders = new BufferedOutputStream(process.getOutputStream(), 1 << 16);
      answers = process.getInputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long allocate(long bytes) {
    send(order('a', 8).putLong(bytes));
    return answer(8).getLong();
  }

  void free(long address) {
    send(order('f', 8).putLong(address));
  }

  void upload(long address, ByteBuffer data) {
    send(order('u', 16).putLong(address).putLong(data.remaining()), data);
  }

  ByteBuffer download(long address, int bytes) {
    send(order('d', 16).putLong(address).putLong(bytes));
    return answer(bytes);
  }

  void copy(long from, long to, long bytes) {
    send(order('c', 24).putLong(from).putLong(to).putLong(bytes));
  }

  void launch(Launch launch) {
    byte[] name = (launch.file() + "/" + launch.kernel()).getBytes(UTF_8);
    List<KernelArguments.Argument> arguments = launch.arguments().list();
    int size = arguments.stream().mapToInt(argument -> 4 + argument.bytes().length).sum();
    ByteBuffer order = order('l', 16 + name.length + size);
    order.putInt(name.length).put(name).putInt(launch.blocks()).putInt(launch.threads());
    order.putInt(arguments.size());
    for (KernelArguments.Argument argument : arguments) {
      order.putInt(argument.bytes().length).put(argument.bytes());
    }
    send(order);
    answer(1);
  }

  private static ByteBuffer order(char order, int bytes) {
    return ByteBuffer.allocate(1 + bytes).order(ByteOrder.LITTLE_ENDIAN).put((byte) order);
  }

  private void send(ByteBuffer order, ByteBuffer... data) {
    try {
      orders.write(order.array());
      for (ByteBuffer piece : data) {
        orders.write(piece.array(), piece.position(), piece.remaining());
      }
      orders.flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private ByteBuffer answer(int bytes) {
    try {
      byte[] answer = answers.readNBytes(bytes);
      if (answer.length < bytes) {
        throw failure(null);
      }
      return ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private AssertionError failure(Throwable cause) {
    return new AssertionError("the player of kernels has ended: " + report(), cause);
  }

  private String report() {
    try {
      process.waitFor();
      String said = Files.readString(report);
      return said.length() <= REPORT ? said : said.substring(0, REPORT) + "...";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /**
   * Ends the program.
   *
   * @throws AssertionError if a sanitizer has found something since the last answer
   */
  @Override
  public void close() {
    try {
      orders.close();
      if (process.waitFor() != 0) {
        throw failure(null);
      }
      Files.delete(report);
    } catch (IOException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
