package dev.vitrine.viz.cli;

import dev.vitrine.engine.Shape;
import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.viz.method.Patch;
import dev.vitrine.viz.method.Peaks;
import dev.vitrine.viz.method.Unit;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.render.Rows;
import dev.vitrine.viz.structure.ReceptiveField;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The strongest units of a channel one by one: what each sees, and what is projected back there.
 */
record StrongestUnits(
    AttributionMethod method,
    String layer,
    int channel,
    int asked,
    List<Peaks.Peak> peaks,
    List<Projection> projections) {
  private static final int SIDE = 144;
  private static final int PAIRS = 3;

  static StrongestUnits of(
      Study study, AttributionMethod method, String layer, int channel, int most) {
    ChannelMaps maps = ChannelMaps.of(study.run(), layer);
    if (channel >= maps.channels()) {
      throw new BadInputException(
          "layer %s has no channel %d: it has 0 to %d"
              .formatted(layer, channel, maps.channels() - 1));
    }
    int h = study.photograph().input().height();
    int w = study.photograph().input().width();
    Map<String, Shape> shapes = study.model().network().shapes(Shape.of(1, h, w, 3));
    Optional<ReceptiveField> field = ReceptiveField.of(study.model().network(), shapes).get(layer);
    List<Peaks.Peak> peaks = Peaks.of(maps, channel, most, (y, x) -> Patch.seen(field, y, x, h, w));
    if (peaks.isEmpty()) {
      throw new BadInputException(
          "channel %d of %s is zero everywhere in %s: 'vitrine spikes' shows which channels answer"
              .formatted(channel, layer, study.photograph().file()));
    }
    List<Projection> projections = new ArrayList<>();
    for (Peaks.Peak peak : peaks) {
      projections.add(
          Projection.of(
              study.model(),
              study.photograph(),
              study.run(),
              Unit.at(layer, channel, peak.y(), peak.x()),
              peak.sees(),
              method.rule()));
    }
    return new StrongestUnits(method, layer, channel, most, peaks, projections);
  }

  /** Writes the grid, its record and, if asked, the projections {@code [units, h, w, 3]}. */
  void write(CommandSpec command, Study study, OutputOptions output) {
    OutputFolder folder = output.folder();
    InputOptions.Photograph photograph = study.photograph();
    String file = photograph.stem() + "-" + method;
    List<Picture> cells = new ArrayList<>();
    List<Map<String, Object>> units = new ArrayList<>();
    for (int i = 0; i < projections.size(); i++) {
      Projection one = projections.get(i);
      cells.add(one.patch(SIDE));
      cells.add(one.picture(SIDE));
      Map<String, Object> unit = new LinkedHashMap<>();
      unit.put("name", one.unit().toString());
      unit.put("y", peaks.get(i).y());
      unit.put("x", peaks.get(i).x());
      unit.put("value", peaks.get(i).value());
      unit.put("sees", one.sees());
      unit.put("patch", one.shown());
      unit.put("allZero", one.isAllZero());
      units.add(unit);
    }
    Map<String, Object> record = Provenance.of(command, study);
    record.put("method", method.toString());
    record.put("layer", layer);
    record.put("channel", channel);
    record.put("units", units);
    Path written = folder.png(file, Rows.of(cells, 2 * PAIRS, 4));
    folder.json(file, record);
    int h = photograph.input().height();
    int w = photograph.input().width();
    if (output.raw()) {
      folder.npy(
          file,
          new int[] {projections.size(), h, w, 3},
          (i, slice) -> System.arraycopy(projections.get(i).map(), 0, slice, 0, slice.length));
    }
    if (peaks.size() < asked) {
      CommandOutput.note(
          "%d of %d units: no other of %s:%d is other than zero and sees what these do not"
              .formatted(peaks.size(), asked, layer, channel));
    }
    if (output.json()) {
      record.put("picture", written.toString());
      CommandOutput.json(record);
    } else {
      CommandOutput.line(
          "%s of the %d strongest of %s:%d in %s", method, peaks.size(), layer, channel, written);
    }
  }
}
