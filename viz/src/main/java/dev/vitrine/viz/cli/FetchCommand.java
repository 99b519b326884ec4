package dev.vitrine.viz.cli;

import dev.vitrine.weights.KnownModel;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Zoo;
import dev.vitrine.weights.fetch.CacheFolder;
import dev.vitrine.weights.fetch.Download;
import dev.vitrine.weights.fetch.FetchListener;
import dev.vitrine.weights.fetch.RemoteFile;
import dev.vitrine.weights.fetch.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fetch NAME}: downloads a model's file. */
@Command(
    name = "fetch",
    mixinStandardHelpOptions = true,
    description =
        "Downloads a model's file into the cache folder, and checks its size and MD5. What was"
            + " broken off is gone on with the next time.",
    footer = {
      "",
      "Models: vgg16 (553 MB), vgg16-notop (59 MB), vgg19 (575 MB),",
      "inception_v3 (96 MB), resnet50 (103 MB), xception (92 MB).",
      "'vitrine models' says more about them.",
      "",
      "The folder is $VITRINE_HOME, or else the platform's place for caches. Proxies are those of"
          + " http_proxy, https_proxy, all_proxy and no_proxy.",
    })
final class FetchCommand implements Callable<Integer> {
  /** Which kinds of passwords Java keeps from proxies on the way to an https address. */
  private static final String TUNNEL_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

  @Parameters(paramLabel = "NAME", description = "The model, one of those below.")
  private String name;

  @Option(
      names = "--from",
      paramLabel = "URL|FILE",
      description =
          "A mirror, or for a machine without a network a file from elsewhere; or a folder of"
              + " either that has it under its published name.")
  private String from;

  @Option(names = "--json", description = "The result as JSON on standard output.")
  private boolean json;

  private final Function<String, RemoteFile> catalog;
  private final Supplier<CacheFolder> folder;
  private final Supplier<Download.Settings> settings;

  FetchCommand() {
    this(Models::published, CacheFolder::ofUser, Download.Settings::ofUser);
  }

  FetchCommand(
      Function<String, RemoteFile> catalog,
      Supplier<CacheFolder> folder,
      Supplier<Download.Settings> settings) {
    this.catalog = catalog;
    this.folder = folder;
    this.settings = settings;
  }

  @Override
  public Integer call() {
    if (Zoo.find(name).filter(KnownModel::isBuiltIn).isPresent()) {
      say(name + " comes with the program, there is nothing to fetch", null, null, true);
      return 0;
    }
    RemoteFile file = catalog.apply(name);
    Source source = from == null ? Source.of(file) : Source.parse(from, file);
    Download.Settings how = settings.get();
    if (how.proxies().authenticator().isPresent() && System.getProperty(TUNNEL_SCHEMES) == null) {
      // By default the kind that the user has given, and so means to be sent.
      System.setProperty(TUNNEL_SCHEMES, "");
    }
    Download.Fetched fetched;
    try (Bar bar = new Bar(file)) {
      fetched = new Download(folder.get(), how, bar).fetch(file, source);
    }
    String here = fetched.wasHere() ? " was here already, size and MD5 are right: " : " is here: ";
    say(file.name() + here + fetched.path(), file, fetched, fetched.wasHere());
    return 0;
  }

  private void say(String line, RemoteFile file, Download.Fetched fetched, boolean wasHere) {
    if (!json) {
      CommandOutput.line("%s", line);
      return;
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("model", name);
    result.put("wasHere", wasHere);
    if (file != null) {
      result.put("file", fetched.path().toString());
      result.put("bytes", file.bytes());
      result.put("md5", file.md5());
      result.put("licence", file.licence());
    }
    CommandOutput.json(result);
  }

  /** The bar, from the first word of how far it is. */
  private static final class Bar implements FetchListener, AutoCloseable {
    private final RemoteFile file;
    private Progress progress;
    private long last;

    Bar(RemoteFile file) {
      this.file = file;
    }

    @Override
    public void progress(long done, long total) {
      if (progress == null || done < last) {
        // A download that starts over has a speed of its own.
        close();
        progress = Progress.of(file.name(), done, total, Progress.Unit.MEGABYTES);
      }
      last = done;
      progress.to(done);
    }

    @Override
    public void note(String line) {
      if (progress == null) {
        CommandOutput.note(line);
      } else {
        progress.note(line);
      }
    }

    @Override
    public void close() {
      if (progress != null) {
        progress.close();
      }
    }
  }
}
