// What is said of the chosen cell, beside every station.

function drawCell() {
  const { maps, cell } = page.chosen, image = tensors[trace.input];
  const value = maps.value(cell), slope = maps.slope(cell);
  document.getElementById('cell-name').textContent = `${maps.name}, ${maps.cellName(cell)}`;
  document.getElementById('cell-numbers').innerHTML =
    `<dt>value</dt><dd id="cell-value">${number(value, 6)}</dd><dt>gradient</dt><dd id="cell-slope">${number(slope, 6)}</dd><dt>product</dt><dd>${number(value * slope)}</dd>`;
  document.getElementById('back').disabled = !makers[maps.name];
  document.getElementById('forth').disabled = !readers[maps.name].length;
  document.getElementById('again').disabled = page.followed;
  const area = fieldOf(maps, cell, image);
  const frame = document.getElementById('patch').style;
  frame.top = `${100 * area.top / image.h}%`;
  frame.left = `${100 * area.left / image.w}%`;
  frame.height = `${100 * (area.bottom - area.top + 1) / image.h}%`;
  frame.width = `${100 * (area.right - area.left + 1) / image.w}%`;
  const photograph = document.getElementById('photograph'), closer = document.getElementById('closer');
  const h = area.bottom - area.top + 1, w = area.right - area.left + 1;
  const times = Math.max(1, Math.floor(280 / Math.max(h, w)));
  closer.width = w * times;
  closer.height = h * times;
  const pen = closer.getContext('2d');
  pen.imageSmoothingEnabled = false;
  if (photograph.complete) pen.drawImage(photograph, area.left, area.top, w, h, 0, 0, closer.width, closer.height);
  document.getElementById('patch-text').textContent =
    `Rows ${area.top} to ${area.bottom}, columns ${area.left} to ${area.right}: ${h} × ${w} pixels of ${image.h} × ${image.w}.`;
  const next = readers[maps.name].map(({ step, i }) => ({ step, area: areaForth(step, i, areaOf(cell)) }));
  const feeds = next.map(({ step, area: a }) => a ? `${areaText(a, step.output)} of ${step.layer}${a.c === null && !step.output.row ? `, ${step.output.c} channels` : ''}` : `nothing of ${step.layer}`);
  const much = trace.rule === 'gradient'
    ? `If it grew by a small d, the score would change by ${number(slope)} · d. Its value times that, ${number(value * slope)}, is its share of the score.`
    : `By the rule “${trace.rule}” ${number(slope)} comes back to it: no derivative, so it does not say what a change would do.`;
  document.getElementById('forwards').textContent = (feeds.length ? `It feeds ${feeds.join('; ')}, and through them the score. ` : 'It is read as the score. ') + much;
}

// The pixels that a cell depends on, by the layer's receptive field as far as it lies in the picture.
function fieldOf(maps, cell, image) {
  if (maps.row && page.reach[trace.input]) return page.reach[trace.input];
  if (!maps.field) return whole(image);
  const [down, first, last, across, start, end] = maps.field;
  const range = (i, step, a, b, size) => {
    const from = Math.max(0, Math.min(size - 1, Math.floor(i * step + a)));
    return [from, Math.max(from, Math.min(size - 1, Math.ceil(i * step + b)))];
  };
  const [top, bottom] = range(cell.y, down, first, last, image.h);
  const [left, right] = range(cell.x, across, start, end, image.w);
  return { top, left, bottom, right, c: null };
}

function drawWay() {
  document.querySelectorAll('#way button').forEach((button, i) => {
    const maps = mapsOf(stations[i]);
    const area = page.reach[maps.name];
    button.classList.toggle('reached', Boolean(area));
    button.querySelector('small').textContent = i === 0 ? '' : area ? areaText(area, maps) : 'no part in this cell';
  });
}
