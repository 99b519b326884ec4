// Down to single products and sums: how a cell's number came about, and how its gradient did.

// A term of a sum: { y, x, c, a, w, product, p, q }; a is null in the padding.
function termsForth(step, cell) {
  const x = step.sources[0], g = step.geometry, w = step.weights;
  const terms = [];
  if (step.kind === 'convolution') {
    for (const c of w.ins) {
      for (let p = 0; p < g.kh; p++) {
        for (let q = 0; q < g.kw; q++) {
          const at = { ...reads(g, cell, p, q), c };
          const inside = at.y >= 0 && at.x >= 0 && at.y < x.h && at.x < x.w;
          const a = inside ? x.value(at) : null;
          const weight = w.at(p, q, c, cell.c);
          terms.push({ ...at, a, w: weight, product: inside ? a * weight : 0, p, q });
        }
      }
    }
  } else {
    for (let c = 0; c < x.c; c++) {
      const a = x.values[c], weight = w.at(0, 0, c, cell.c);
      terms.push({ y: 0, x: 0, c, a, w: weight, product: a * weight, p: 0, q: 0 });
    }
  }
  return terms;
}

function termsBack(step, cell) {
  const y = step.output, w = step.weights;
  const terms = [];
  const places = step.kind === 'dense' ? [{ y: 0, x: 0, p: 0, q: 0 }] : readersOf(step.geometry, cell, y);
  for (const c of w.outs) {
    if (y.slot(c) < 0) continue;
    for (const at of places) {
      const g = y.slope({ ...at, c }), weight = w.at(at.p, at.q, cell.c, c);
      terms.push({ ...at, c, a: g, w: weight, product: g * weight });
    }
  }
  return terms;
}

const total = terms => terms.reduce((sum, t) => sum + t.product, 0);

// The line that holds a sum against the run.
function verdict(id, sum, run, words) {
  const close = Math.abs(sum - run) <= 1e-5 * Math.max(1e-30, words.size, Math.abs(run));
  return `<p class="total" id="${id}" data-sum="${sum}" data-run="${run}">${words.text}; ` +
    `the run has <b>${number(run, 6)}</b> <span class="${close ? 'good' : 'bad'}">` +
    (close ? '✓ equal up to rounding' : `✗ differs by ${number(sum - run, 3)}`) + '</span></p>';
}

function partly(id, shown, rest, run, what) {
  return `<p class="total" id="${id}">the products shown make ${number(shown, 6)}; ${what}, which are ` +
    `not on this page, make the rest, ${number(rest, 6)}, of the run’s <b>${number(run, 6)}</b>. ` +
    (id === 'sum-forth' ? 'With <code>--all</code> they are.</p>' : '</p>');
}

const sizeOf = terms => terms.reduce((sum, t) => sum + Math.abs(t.product), 0);

const inGrids = (terms, g) => g.kh * g.kw > 1 && terms.length <= 1200;

const fields = (terms, g, letter) => inGrids(terms, g)
  ? ` In each field stand ${letter} · weight, and below them their product; orange adds, blue takes away.` : '';

// Products in grids, a grid for each channel, or the largest as a list where they are many.
function products(terms, maps, g, letter) {
  const scale = signedScale(terms.map(t => t.product));
  if (!inGrids(terms, g)) return largest(terms, maps, letter);
  const channels = [...new Set(terms.map(t => t.c))];
  const grids = channels.map(c => {
    const own = terms.filter(t => t.c === c);
    const rows = [...new Set(own.map(t => t.y))].sort((a, b) => a - b);
    const columns = [...new Set(own.map(t => t.x))].sort((a, b) => a - b);
    const texts = rows.map(y => columns.map(x => {
      const t = own.find(o => o.y === y && o.x === x);
      if (!t) return [null, '·'];
      return t.a === null ? [null, 'edge<small>0</small>']
        : [t.product, `<small>${number(t.a, 3)} · ${number(t.w, 3)}</small>${number(t.product, 3)}`];
    }));
    return numberGrid(`channel ${escaped(maps.channelName(c))}: ${number(total(own), 4)}`, texts, scale);
  });
  return `<div class="products${g.kw > 3 ? ' wide' : ''}">${grids.join('')}</div>`;
}

function largest(terms, maps, letter) {
  const sorted = [...terms].sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  const shown = sorted.slice(0, 12);
  const rest = sorted.slice(12);
  const rows = shown.map(t => `<tr><th scope="row">${escaped(maps.cellName(t))}</th>` +
    `<td>${number(t.a)}</td><td>${number(t.w)}</td><td>${number(t.product)}</td></tr>`);
  if (rest.length) {
    rows.push(`<tr><th scope="row">the ${rest.length} smaller ones together</th><td></td><td></td><td>${number(total(rest))}</td></tr>`);
  }
  return `<div class="scroll"><table class="plain"><thead><tr><th>${escaped(maps.name)}</th><th>${letter}</th>` +
    `<th>weight</th><th>product</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

// There are too many weights for a page: it carries those of the channels that count most.
const carriedWeights = step => `<p>The weights of this one are not on this page; it carries those of ` +
  `${step.weights.outs.slice(0, 8).map(c => escaped(step.output.channelName(c))).join(', ')} of ${escaped(step.layer)}.</p>`;

function weightedForth(step, cell) {
  const w = step.weights, y = step.output, run = y.value(cell), x = step.sources[0];
  if (w.column(cell.c) < 0) return carriedWeights(step);
  const terms = termsForth(step, cell);
  const bias = w.bias ? w.bias[w.column(cell.c)] : 0;
  const sum = total(terms) + bias;
  const words = { size: sizeOf(terms),
    text: `${terms.length} products make ${number(total(terms), 6)}, plus the bias ${number(bias, 6)} that is ${number(sum, 6)}` };
  return `<p>Each weight times the activation under it, and the bias: ` +
    `<b>${terms.length}</b> products.${fields(terms, step.geometry, 'activation')}</p>` + products(terms, x, step.geometry, 'activation') +
    (w.whole ? verdict('sum-forth', sum, run, words)
      : partly('sum-forth', total(terms) + bias, run - sum, run, `the other ${x.c - w.ins.length} channels of ${escaped(x.name)}`));
}

function weightedBack(step, cell) {
  const w = step.weights, g = step.geometry, y = step.output, x = step.sources[0];
  if (w.row(cell.c) < 0) return carriedWeights(step);
  const run = x.at(step.leaves(0), cell);
  const terms = termsBack(step, cell);
  const sum = total(terms);
  const missing = y.c - new Set(terms.map(t => t.c)).size;
  const others = w.outs.length < y.c || y.count < y.c;
  const words = { size: sizeOf(terms), text: `${terms.length} products make ${number(sum, 6)}` };
  return `<p>The cell was used in ${terms.length} of the products of ${escaped(step.layer)}; each use sends back the gradient that arrived there times the ` +
    `weight it was used with.${fields(terms, g, 'gradient')}${step.kind === 'convolution' && g.kh * g.kw > 1 ? ` The grids lie as the cells of ${escaped(step.layer)} do, so the weights stand in them rotated by 180°.` : ''}</p>` + products(terms, y, step.geometry, 'gradient') +
    (!others ? verdict('sum-back', sum, run, words)
      : partly('sum-back', sum, run - sum, run, `the other ${missing} channels of ${escaped(y.name)}`));
}

// Where something is chosen or shared out, in words and numbers: [forwards, backwards].
const smallSums = {
  relu: {
    forth: (step, cell) => {
      const x = step.sources[0].value(cell), y = step.output.value(cell);
      return verdict('sum-forth', Math.max(x, 0), y, { size: 0, text: `max(${number(x)}, 0) = ${number(Math.max(x, 0))}` });
    },
    back: (step, cell) => {
      const x = step.sources[0].value(cell), g = step.output.slope(cell);
      const sent = { gradient: x > 0 ? g : 0, guided: x > 0 && g > 0 ? g : 0, deconvnet: g > 0 ? g : 0 };
      const rows = Object.entries(sent).map(([rule, v]) => `<tr><th scope="row">${rule}</th><td>${number(v)}</td></tr>`).join('');
      return `<p>It was ${number(x)}, ${x > 0 ? 'above zero, so the ReLU let it pass' : 'not above zero, so the ReLU stopped it'}; ` +
        `${number(g)} arrives here.</p><table class="plain"><thead><tr><th>rule</th><th>sends back</th></tr></thead><tbody>${rows}</tbody></table>` +
        verdict('sum-back', sent[trace.rule], step.sources[0].at(step.leaves(0), cell), { size: 0, text: `${trace.rule} sends ${number(sent[trace.rule])}` });
    },
  },
  'max-pool': {
    forth: (step, cell) => {
      const x = step.sources[0], g = step.geometry, y = step.output;
      const won = winner(step, cell);
      const scale = plainScale(x.values.subarray(x.slot(cell.c) * x.size, (x.slot(cell.c) + 1) * x.size));
      const texts = [...Array(g.kh).keys()].map(p => [...Array(g.kw).keys()].map(q => {
        const at = { ...reads(g, cell, p, q), c: cell.c };
        return x.has(at) ? [x.value(at), number(x.value(at)), won && at.y === won.y && at.x === won.x ? 'won' : ''] : [null, 'edge'];
      }));
      return numberGrid('its window; the frame marks the switch', texts, scale) +
        (won ? verdict('sum-forth', x.value(won), y.value(cell), { size: 0, text: `the largest is ${number(x.value(won), 6)}, at row ${won.y}, column ${won.x}` }) : '');
    },
    back: (step, cell) => {
      const y = step.output;
      const mine = readersOf(step.geometry, cell, y).map(at => ({ ...at, c: cell.c }))
        .map(at => ({ ...at, won: winner(step, at) }));
      const from = mine.filter(at => at.won && at.won.y === cell.y && at.won.x === cell.x);
      const sum = from.reduce((s, at) => s + y.slope(at), 0);
      return `<p>${mine.length} window${mine.length === 1 ? '' : 's'} looked at this cell, and it won ${from.length}: ` +
        (from.length ? `it gets what arrives there, ${from.map(at => number(y.slope(at))).join(' + ')}.` : 'so it gets nothing.') + '</p>' +
        verdict('sum-back', sum, step.sources[0].at(step.leaves(0), cell), { size: Math.abs(sum), text: `together ${number(sum, 6)}` });
    },
  },
  'global-average': {
    forth: (step, cell) => {
      const x = step.sources[0], slot = x.slot(cell.c);
      if (slot < 0) return '<p>The map of this channel is not on this page; <code>--all</code> has it.</p>';
      const sum = x.values.subarray(slot * x.size, (slot + 1) * x.size).reduce((s, v) => s + v, 0);
      return verdict('sum-forth', sum / x.size, step.output.value({ y: 0, x: 0, c: cell.c }),
        { size: Math.abs(sum / x.size), text: `${x.size} cells make ${number(sum, 6)}, divided by ${x.size} that is ${number(sum / x.size, 6)}` });
    },
    back: (step, cell) => {
      const x = step.sources[0], g = step.output.slope({ y: 0, x: 0, c: cell.c });
      return verdict('sum-back', g / x.size, x.at(step.leaves(0), cell),
        { size: Math.abs(g), text: `${number(g)} arrives, shared by ${x.size} cells: ${number(g / x.size, 6)}` });
    },
  },
  softmax: {
    forth: (step, cell) => {
      const x = step.sources[0].values, most = x.reduce((m, v) => Math.max(m, v), -Infinity);
      const sum = x.reduce((s, v) => s + Math.exp(v - most), 0);
      const y = Math.exp(x[cell.c] - most) / sum;
      return verdict('sum-forth', y, step.output.value(cell), { size: 1, text: `exp(${number(x[cell.c])}) over the sum of all ${x.length} is ${number(y, 6)}` });
    },
    back: (step, cell) => {
      const y = step.output.values, g = step.output.gradient;
      const mean = y.reduce((s, v, i) => s + v * g[i], 0);
      const sent = y[cell.c] * (g[cell.c] - mean);
      return verdict('sum-back', sent, step.sources[0].at(step.leaves(0), cell),
        { size: Math.abs(y[cell.c]), text: `${number(y[cell.c])} · (${number(g[cell.c])} − ${number(mean)}) = ${number(sent, 6)}` });
    },
  },
};

// Where numbers are copied or added: the cells of the inputs that a cell comes from, and back.
const copied = {
  forth: (step, cell) => {
    const from = step.sources.map((x, i) => ({ x, area: areaBack(step, i, areaOf(cell)) })).filter(f => f.area && single(f.area));
    const values = from.map(({ x, area }) => x.value({ y: area.top, x: area.left, c: area.c }));
    if (values.some(Number.isNaN)) return '<p>A channel that it comes from is not on this page; <code>--all</code> has it.</p>';
    const sum = values.reduce((s, a) => s + a, 0);
    const places = from.map(({ x, area }) => `${escaped(x.name)}, ${escaped(x.cellName({ y: area.top, x: area.left, c: area.c }))}`);
    return verdict('sum-forth', sum, step.output.value(cell), { size: Math.abs(sum),
      text: places.length ? `${places.join(' plus ')}: ${number(sum, 6)}` : 'an edge that was added' });
  },
  back: (step, cell, i) => {
    const area = areaForth(step, i, areaOf(cell)), y = step.output;
    const sum = area ? y.slope({ y: area.top, x: area.left, c: area.c }) : 0;
    if (Number.isNaN(sum)) return '<p>The channel that it feeds is not on this page; <code>--all</code> has it.</p>';
    return verdict('sum-back', sum, step.sources[i].at(step.leaves(i), cell), { size: Math.abs(sum),
      text: area ? `what arrives at ${escaped(y.cellName({ y: area.top, x: area.left, c: area.c }))}, ${number(sum, 6)}` : 'it was cut off, so nothing' });
  },
};
['concat', 'reshape', 'pad', 'identity', 'add'].forEach(kind => { smallSums[kind] = copied; });

// The cell that won a window of a max pooling.
function winner(step, cell) {
  const y = step.output, g = step.geometry;
  if (!step.switches || !y.has(cell)) return null;
  const at = step.switches[y.slot(cell.c) * y.size + cell.y * y.w + cell.x];
  return { ...reads(g, cell, Math.floor(at / g.kw), at % g.kw), c: cell.c };
}

// The cell of an input that had most to do with a cell of the output.
function strongestBack(step, cell) {
  if (step.weights && step.weights.column(cell.c) >= 0 && !step.sources[0].row) {
    const terms = termsForth(step, cell).filter(t => t.a !== null);
    return { i: 0, cell: best(terms) };
  }
  if (step.kind === 'max-pool' && winner(step, cell)) return { i: 0, cell: winner(step, cell) };
  let found = null;
  step.sources.forEach((x, i) => {
    const area = areaBack(step, i, areaOf(cell));
    const at = area && x.strongest(area);
    if (at && (!found || Math.abs(x.value(at) * x.slope(at)) > Math.abs(found.part))) {
      found = { i, cell: at, part: x.value(at) * x.slope(at) };
    }
  });
  return found;
}

const best = terms => terms.reduce((b, t) => !b || Math.abs(t.product) > Math.abs(b.product) ? t : b, null);
