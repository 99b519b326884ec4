// Which cells a cell comes from and which it feeds. An area is { top, left, bottom, right, c }, all
// of them inclusive; c is its only channel, or null for all.

const whole = (maps, c = null) => ({ top: 0, left: 0, bottom: maps.h - 1, right: maps.w - 1, c });

const areaOf = ({ y, x, c }) => ({ top: y, left: x, bottom: y, right: x, c });

const single = area => area.top === area.bottom && area.left === area.right && area.c !== null;

function joined(a, b) {
  if (!a || !b) return a ?? b;
  return {
    top: Math.min(a.top, b.top), left: Math.min(a.left, b.left),
    bottom: Math.max(a.bottom, b.bottom), right: Math.max(a.right, b.right),
    c: a.c === b.c ? a.c : null,
  };
}

function clipped(area, maps) {
  const top = Math.max(0, area.top), left = Math.max(0, area.left);
  const bottom = Math.min(maps.h - 1, area.bottom), right = Math.min(maps.w - 1, area.right);
  return top > bottom || left > right ? null : { top, left, bottom, right, c: area.c };
}

const channelwise = ['relu', 'max-pool', 'average-pool', 'pad', 'identity', 'add', 'batch-norm'];
const offsetOf = (step, i) => step.sources.slice(0, i).reduce((sum, s) => sum + s.c, 0);

// The channel of an input that a channel of the output comes from; null for all, undefined for none.
function channelBack(step, i, c) {
  if (c === null) return null;
  if (channelwise.includes(step.kind) || step.kind.startsWith('global')) return c;
  if (step.kind === 'concat') {
    const from = c - offsetOf(step, i);
    return from >= 0 && from < step.sources[i].c ? from : undefined;
  }
  return null;
}

function channelForth(step, i, c) {
  if (c === null) return null;
  if (channelwise.includes(step.kind) || step.kind.startsWith('global')) return c;
  return step.kind === 'concat' ? c + offsetOf(step, i) : null;
}

// A flattened map: its numbers stand in the order of rows, columns, channels.
const flattened = (maps, { y, x, c }) => ({ y: 0, x: 0, c: (y * maps.w + x) * maps.c + c });
const unflattened = (maps, { c }) => ({
  y: Math.floor(c / (maps.w * maps.c)), x: Math.floor(c / maps.c) % maps.w, c: c % maps.c,
});

function areaBack(step, i, area) {
  const x = step.sources[i], g = step.geometry;
  const c = channelBack(step, i, area.c);
  if (c === undefined) return null;
  if (step.kind === 'reshape') {
    return !single(area) ? whole(x)
      : step.output.row && !x.row ? areaOf(unflattened(x, area)) : x.row ? { ...area } : whole(x);
  }
  if (g.map === 'window') {
    return clipped({
      top: area.top * g.sh - g.top, bottom: area.bottom * g.sh - g.top + (g.kh - 1) * g.dh,
      left: area.left * g.sw - g.left, right: area.right * g.sw - g.left + (g.kw - 1) * g.dw, c,
    }, x);
  }
  if (g.map === 'same') {
    return clipped({ ...area, top: Math.min(area.top, x.h - 1), left: Math.min(area.left, x.w - 1), c }, x);
  }
  return whole(x, c);
}

function areaForth(step, i, area) {
  const y = step.output, x = step.sources[i], g = step.geometry;
  const c = channelForth(step, i, area.c);
  if (step.kind === 'reshape') {
    return !single(area) ? whole(y)
      : y.row && !x.row ? areaOf(flattened(x, { y: area.top, x: area.left, c: area.c }))
        : y.row ? { ...area } : whole(y);
  }
  if (g.map === 'window') {
    return clipped({
      top: Math.ceil((area.top + g.top - (g.kh - 1) * g.dh) / g.sh),
      bottom: Math.floor((area.bottom + g.top) / g.sh),
      left: Math.ceil((area.left + g.left - (g.kw - 1) * g.dw) / g.sw),
      right: Math.floor((area.right + g.left) / g.sw), c,
    }, y);
  }
  if (g.map === 'same') return x.h === y.h && x.w === y.w ? clipped({ ...area, c }, y) : whole(y, c);
  return whole(y, c);
}

// The area of every tensor that a cell comes from or feeds, by name.
function reachOf(name, cell) {
  const back = { [name]: areaOf(cell) };
  for (const step of steps) {
    const area = back[step.layer];
    if (area) {
      step.inputs.forEach((input, i) => {
        const part = areaBack(step, i, area);
        if (part) back[input] = joined(back[input], part);
      });
    }
  }
  const forth = { [name]: areaOf(cell) };
  for (const step of [...steps].reverse()) {
    step.inputs.forEach((input, i) => {
      const part = forth[input] && areaForth(step, i, forth[input]);
      if (part) forth[step.layer] = joined(forth[step.layer], part);
    });
  }
  return { ...back, ...forth };
}

// The cell of the input that the output's cell reads at (p, q), which may lie in the padding.
const reads = (g, { y, x }, p, q) =>
  ({ y: y * g.sh + p * g.dh - g.top, x: x * g.sw + q * g.dw - g.left });

// The cells of the output that read the input's cell, as [{ y, x, p, q }].
function readersOf(g, { y, x }, maps) {
  const found = [];
  for (let p = 0; p < g.kh; p++) {
    for (let q = 0; q < g.kw; q++) {
      const i = (y + g.top - p * g.dh) / g.sh, j = (x + g.left - q * g.dw) / g.sw;
      if (Number.isInteger(i) && Number.isInteger(j) && i >= 0 && j >= 0 && i < maps.h && j < maps.w) {
        found.push({ y: i, x: j, p, q });
      }
    }
  }
  return found;
}

function areaText(area, maps) {
  if (maps.row) return area.c === null ? 'all numbers' : `number ${area.c}`;
  const range = (a, b, one, many) => a === b ? `${one} ${a}` : `${many} ${a} to ${b}`;
  if (area.top === 0 && area.left === 0 && area.bottom === maps.h - 1 && area.right === maps.w - 1 &&
      maps.size > 1) {
    return 'the whole map';
  }
  return range(area.top, area.bottom, 'row', 'rows') + ', ' +
    range(area.left, area.right, 'column', 'columns');
}
