package dev.vitrine.kernels.device;

import dev.vitrine.kernels.device.KernelArguments.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parameters of a kernel as its file has them.
 *
 * @param kinds of what is passed, in order
 */
record Signature(List<Kind> kinds) {
  private static final Pattern COMMENT = Pattern.compile("//[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

  private static final Pattern KERNEL =
      Pattern.compile(
          "extern\\s+\"C\"\\s+__global__\\s+void\\s+"
              + "(?:__launch_bounds__\\([^)]*\\)\\s*)?(\\w+)\\s*\\(([^)]*)\\)");

  /** The kernels of a file, by name. */
  static Map<String, Signature> of(KernelSource source) {
    Map<String, Signature> signatures = new HashMap<>();
    Matcher kernel = KERNEL.matcher(COMMENT.matcher(source.text()).replaceAll(" "));
    while (kernel.find()) {
      List<Kind> kinds = new ArrayList<>();
      for (String parameter : kernel.group(2).split(",")) {
        if (!parameter.isBlank()) {
          kinds.add(kind(parameter.strip()));
        }
      }
      signatures.put(kernel.group(1), new Signature(List.copyOf(kinds)));
    }
    return signatures;
  }

  private static Kind kind(String parameter) {
    if (parameter.contains("*")) {
      return Kind.POINTER;
    }
    String type = parameter.replaceFirst("\\s*\\w+$", "").replaceFirst("^const\\s+", "");
    return switch (type) {
      case "int", "unsigned", "unsigned int" -> Kind.INT;
      case "long long", "unsigned long long" -> Kind.LONG;
      case "float" -> Kind.FLOAT;
      default -> Kind.STRUCT;
    };
  }
}
