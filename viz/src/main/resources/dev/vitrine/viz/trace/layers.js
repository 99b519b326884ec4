// What each kind of layer is called, its formulas, and the picture of what it does with a gradient.
// In the formulas x is what goes in, y what comes out, g the gradient that arrives at y.

const v = name => `<i>${name}</i>`;

// The row that is read at kernel row p for row i, and the row that has read row k with it.
const edge = (step, name) => name === 'i' || name === 'k' ? step.geometry.top : step.geometry.left;
const factor = n => n > 1 ? `${n}` : '';
const under = ({ geometry: g }, i, p) => `${factor(g.sh)}${v(i)}+${factor(g.dh)}${v(p)}` +
  (edge({ geometry: g }, i) ? `−${edge({ geometry: g }, i)}` : '');
const over = ({ geometry: g }, k, p) => {
  const place = `${v(k)}${edge({ geometry: g }, k) ? `+${edge({ geometry: g }, k)}` : ''}−${factor(g.dh)}${v(p)}`;
  return g.sh > 1 ? `(${place})/${g.sh}` : place;
};

const lessons = {
  convolution: {
    title: 'convolution',
    says: 'Each cell of the output is a weighted sum of the window of cells under it, with the same weights everywhere. Backwards, each cell of the input collects what arrives at every place where it was used, times the weight it was used with: that is a convolution again, with each kernel rotated by 180° and inputs and outputs swapped.',
    forth: step => `${v('y')}[${v('i')}, ${v('j')}, ${v('o')}] = ${v('b')}[${v('o')}] + Σ<sub>p,q,c</sub> ${v('x')}[${under(step, 'i', 'p')}, ${under(step, 'j', 'q')}, ${v('c')}] · ${v('w')}[${v('p')}, ${v('q')}, ${v('c')}, ${v('o')}]`,
    back: step => `${v('g')}′[${v('k')}, ${v('l')}, ${v('c')}] = Σ<sub>p,q,o</sub> ${v('g')}[${over(step, 'k', 'p')}, ${over(step, 'l', 'q')}, ${v('o')}] · ${v('w')}[${v('p')}, ${v('q')}, ${v('c')}, ${v('o')}]` +
      (step.geometry.sh > 1 ? ', over the places that are whole numbers' : ''),
  },
  dense: {
    title: 'dense layer',
    says: 'Each number of the output is a weighted sum of all numbers of the input. Backwards the same weights are used from the other side: each input collects what arrives at every output, times the weight between them.',
    forth: `${v('y')} = ${v('x')} ${v('W')} + ${v('b')}`,
    back: `${v('g')}′ = ${v('g')} ${v('W')}<sup>T</sup>`,
  },
  relu: {
    title: 'ReLU',
    says: 'What is above zero passes, everything else becomes zero. Backwards the gradient passes where the input was above zero and is stopped elsewhere: that is the derivative. Guided backpropagation stops what is negative besides; the deconvnet asks only whether the gradient is positive.',
    forth: `${v('y')} = max(${v('x')}, 0)`,
    back: `gradient: ${v('g')}′ = ${v('g')} where ${v('x')} > 0<br>guided: ${v('g')}′ = ${v('g')} where ${v('x')} > 0 and ${v('g')} > 0<br>deconvnet: ${v('g')}′ = ${v('g')} where ${v('g')} > 0; elsewhere 0`,
  },
  'max-pool': {
    title: 'max pooling',
    says: 'Of each window only the largest cell passes on. Its place is remembered, the switch; backwards the gradient goes to that cell alone, and all others of the window get nothing.',
    forth: `${v('y')}[${v('i')}, ${v('j')}] = max over the window of ${v('x')}`,
    back: `${v('g')}′[cell] = Σ of ${v('g')} over the windows that the cell won`,
  },
  'average-pool': {
    title: 'average pooling',
    says: 'Each cell of the output is the mean of a window. Backwards the gradient is shared evenly among the cells of the window.',
    forth: `${v('y')}[${v('i')}, ${v('j')}] = mean over the window of ${v('x')}`,
    back: `${v('g')}′[cell] = Σ of ${v('g')} / size over the windows that hold the cell`,
  },
  'global-average': {
    title: 'global average pooling',
    says: 'Each map becomes one number, its mean. Backwards each cell of the map gets the same: what arrives, divided by the number of cells.',
    forth: `${v('y')}[${v('c')}] = mean of ${v('x')}[·, ·, ${v('c')}]`,
    back: `${v('g')}′[${v('y')}, ${v('x')}, ${v('c')}] = ${v('g')}[${v('c')}] / (height · width)`,
  },
  'global-max': {
    title: 'global max pooling',
    says: 'Each map becomes one number, its largest. Backwards the gradient goes to that cell alone.',
    forth: `${v('y')}[${v('c')}] = max of ${v('x')}[·, ·, ${v('c')}]`,
    back: `${v('g')}′ = ${v('g')}[${v('c')}] at the largest cell, 0 elsewhere`,
  },
  softmax: {
    title: 'softmax',
    says: 'Scores become shares that sum to 1. Backwards each score gets its share of what arrives there above the average, so that one class can rise only if others fall.',
    forth: `${v('y')}<sub>k</sub> = exp(${v('x')}<sub>k</sub>) / Σ<sub>j</sub> exp(${v('x')}<sub>j</sub>)`,
    back: `${v('g')}′<sub>k</sub> = ${v('y')}<sub>k</sub> (${v('g')}<sub>k</sub> − Σ<sub>j</sub> ${v('g')}<sub>j</sub> ${v('y')}<sub>j</sub>)`,
  },
  concat: {
    title: 'concatenation',
    says: 'The channels of several layers are put side by side. Backwards each layer gets the channels back that it gave.',
    forth: `${v('y')} = [${v('x')}<sub>1</sub> | ${v('x')}<sub>2</sub> | …]`,
    back: `${v('g')}′<sub>1</sub>, ${v('g')}′<sub>2</sub>, … = the parts of ${v('g')}`,
  },
  reshape: {
    title: 'new shape',
    says: 'The same numbers in the same order, under another shape: a map read row by row, channel by channel, becomes a row. Backwards they are put back where they came from.',
    forth: `${v('y')}[(row · width + column) · channels + ${v('c')}] = ${v('x')}[row, column, ${v('c')}]`,
    back: `${v('g')}′ = ${v('g')}, under the shape of ${v('x')}`,
  },
  pad: {
    title: 'edge added or cut',
    says: 'The map gets an edge, or loses it. Backwards what arrives on an added edge has nowhere to go, and a cut edge gets zeros.',
    forth: `${v('y')} = ${v('x')} in its frame`,
    back: `${v('g')}′ = ${v('g')} without the frame`,
  },
  identity: {
    title: 'passes everything',
    says: 'This layer does something in training only (dropout, say). Here everything passes, forwards and backwards.',
    forth: `${v('y')} = ${v('x')}`, back: `${v('g')}′ = ${v('g')}`,
  },
  add: {
    title: 'sum',
    says: 'Layers are added cell by cell. Backwards each of them gets the whole gradient.',
    forth: `${v('y')} = ${v('x')}<sub>1</sub> + ${v('x')}<sub>2</sub>`,
    back: `${v('g')}′<sub>1</sub> = ${v('g')}′<sub>2</sub> = ${v('g')}`,
  },
  'batch-norm': {
    title: 'batch normalization',
    says: 'Each channel is shifted and scaled by fixed numbers. Backwards the gradient is multiplied by the same scale.',
    forth: `${v('y')} = γ (${v('x')} − μ) / √(σ² + ε) + β`,
    back: `${v('g')}′ = ${v('g')} · γ / √(σ² + ε)`,
  },
  other: {
    title: '',
    says: 'Backwards the gradient is multiplied by the derivative of what the layer computes.',
    forth: `${v('y')} = ${v('f')}(${v('x')})`,
    back: `${v('g')}′ = ${v('g')} · ∂${v('f')}/∂${v('x')}`,
  },
};

// The picture of what a layer does; `figures` takes the maps that must be drawn again.
const pictures = {
  relu(host, step, figures) {
    const x = step.sources[0], y = step.output, g = y.gradient, a = x.values;
    const stops = { gradient: i => !(a[i] > 0), guided: i => !(a[i] > 0) || g[i] < 0, deconvnet: i => g[i] < 0 };
    const words = {
      gradient: 'Stops the gradient where the input was not above zero.',
      guided: 'Stops what is negative besides: what is left speaks for the score.',
      deconvnet: 'Does not look at the input, only at the sign of what arrives.',
    };
    host.innerHTML = '<p>The mask of each rule on the same gradient: grey is stopped, the rest passes unchanged.</p><div class="three"></div>';
    const scale = signedScale(g);
    for (const figure of step.rules) {
      const part = document.createElement('div');
      part.className = figure.rule === trace.rule ? 'chosen' : '';
      part.innerHTML = `<h4>${figure.rule}</h4>`;
      host.querySelector('.three').append(part);
      const masked = g.map((value, i) => stops[figure.rule](i) ? 0 : value);
      figures.push(new MapFigure(part, {
        maps: y, numbers: masked, scale, bare: true, label: `What ${figure.rule} lets pass`,
        stopped: (slot, i) => stops[figure.rule](slot * y.size + i),
        note: `${words[figure.rule]} Of the numbers that arrive other than zero it zeroes <b>${figure.zeroed.toLocaleString('en')}</b> ` +
          `(${percent(figure.zeroed, y.arriving.count - y.arriving.zeros)}); the norm becomes ${number(figure.sent.norm)}.`,
      }));
    }
  },

  'max-pool'(host, step) {
    host.innerHTML = '<p>The windows about the chosen cell, or about the strongest one: an arrow goes from the middle of each window to the cell that won it, the switch. Its colour is the sign of the gradient that travels along it, its width the size.</p><div></div>';
    return () => { host.lastChild.innerHTML = arrows(step); };
  },

  convolution(host, step) {
    host.innerHTML = '<p>One kernel of this layer, and the same kernel as the way back uses it. Choose the channels at the pictures beside; below, all kernels that reach the input’s channel.</p><div class="kernels"></div><p class="quiet"></p><div class="kernels"></div>';
    return () => {
      const [first, note, second] = [...host.children].slice(1);
      const w = step.weights, g = step.geometry, x = step.sources[0], y = step.output;
      const from = page.focusOf(x), to = page.focusOf(y);
      if (w.row(from) < 0 || w.column(to) < 0) {
        first.innerHTML = '<p>The weights between these channels are not on this page.</p>';
        note.textContent = second.innerHTML = '';
        return;
      }
      const kernel = o => [...Array(g.kh).keys()].map(p => [...Array(g.kw).keys()].map(q => w.at(p, q, from, o)));
      const turned = k => [...k].reverse().map(row => [...row].reverse());
      const shown = w.outs.filter(o => y.slot(o) >= 0).slice(0, 64);
      const scale = signedScale(shown.flatMap(o => kernel(o).flat()));
      const text = k => k.map(row => row.map(value => [value, number(value, 3)]));
      const pair = `${escaped(x.channelName(from))} → ${escaped(y.channelName(to))}`;
      const back = `${escaped(y.channelName(to))} → ${escaped(x.channelName(from))}`;
      first.innerHTML = numberGrid(`forwards, channel ${pair}`, text(kernel(to)), scale) +
        numberGrid(`backwards, channel ${back}: rotated by 180°`, text(turned(kernel(to))), scale);
      note.textContent = `Rotated kernels from the channels of ${step.layer} back to channel ${x.channelName(from)} of ${x.name}: the gradients under them are added up. Orange is positive, blue negative.`;
      second.innerHTML = shown.map(o => numberGrid(escaped(y.channelName(o)),
        turned(kernel(o)).map(row => row.map(value => [value, ''])), scale)).join('');
      second.querySelectorAll('td').forEach(td => { td.style.minWidth = td.style.width = td.style.height = '1.05rem'; td.style.padding = 0; });
    };
  },

  dense(host, step, figures) {
    const w = step.weights, x = step.sources[0];
    host.innerHTML = '<p>The weights between every number of the input and the chosen number of the output, in reading order: this row, times what arrives, is what leaves.</p>';
    const column = document.createElement('div');
    host.append(column);
    let drawn;
    return () => {
      const cell = page.cellIn(step.output);
      const o = cell && w.column(cell.c) >= 0 ? cell.c : page.focusOf(step.output);
      const chosen = w.column(o) >= 0 ? o : w.outs[0];
      if (chosen !== drawn) {
        column.replaceChildren();
        const numbers = Float32Array.from({ length: x.c }, (_, c) => w.at(0, 0, c, chosen));
        drawn = chosen;
        column.figure = new MapFigure(column, { maps: x, numbers, scale: signedScale(numbers), label: 'Weights',
          note: `Weights to number ${escaped(step.output.channelName(chosen))}; orange adds to it, blue takes away.` });
      } else {
        column.figure.draw();
      }
    };
  },

  softmax(host, step) {
    const y = step.output.values, g = step.output.gradient, sent = step.leaves(0);
    const rows = [...y.keys()].sort((a, b) => Math.abs(sent[b]) - Math.abs(sent[a])).slice(0, 6).map(k =>
      `<tr><th scope="row">${escaped(step.output.channelName(k))}</th><td>${number(y[k])}</td><td>${number(g[k])}</td><td>${number(sent[k])}</td></tr>`);
    host.innerHTML = '<p>The six scores that get the most: the share of each, what arrives there, and what leaves.</p>' +
      `<div class="scroll"><table class="plain"><thead><tr><th>number</th><th>share y</th><th>arrives g</th><th>leaves</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
  },

  'global-average'(host, step) {
    const x = step.sources[0];
    host.innerHTML = `<p>What arrives at a number is divided by ${x.h} × ${x.w} = ${x.size} and given to every cell of its map: the gradient that leaves is flat.</p>`;
  },

  concat(host, step) {
    let from = 0;
    const rows = step.sources.map((x, i) => {
      const to = from + x.c - 1;
      const row = `<tr><th scope="row">${escaped(x.name)}</th><td>channels ${from} to ${to}</td><td>${number(step.leaving[i].norm)}</td></tr>`;
      from = to + 1;
      return row;
    });
    host.innerHTML = '<p>The gradient is cut where the channels were put together.</p>' +
      `<table class="plain"><thead><tr><th>goes back to</th><th>part</th><th>norm</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  },
};

// The windows of a max pooling as arrows, as an SVG.
function arrows(step) {
  const x = step.sources[0], y = step.output, g = step.geometry;
  const c = page.focusOf(y);
  if (y.slot(c) < 0 || x.slot(c) < 0 || !step.switches) return '<p>The switches of this channel are not on this page.</p>';
  const area = page.reach[y.name];
  const at = page.cellIn(y) ?? (area && single(area) ? { y: area.top, x: area.left } : y.strongest({ ...(area ?? whole(y)), c }) ?? { y: 0, x: 0 });
  const around = 2;
  const top = Math.max(0, Math.min(at.y - around, y.h - 2 * around - 1)), left = Math.max(0, Math.min(at.x - around, y.w - 2 * around - 1));
  const bottom = Math.min(y.h - 1, top + 2 * around), right = Math.min(y.w - 1, left + 2 * around);
  const r0 = Math.max(0, top * g.sh - g.top), c0 = Math.max(0, left * g.sw - g.left);
  const r1 = Math.min(x.h - 1, bottom * g.sh - g.top + g.kh - 1), c1 = Math.min(x.w - 1, right * g.sw - g.left + g.kw - 1);
  const size = 40;
  const scale = plainScale(x.values.subarray(x.slot(c) * x.size, (x.slot(c) + 1) * x.size));
  const parts = [];
  for (let r = r0; r <= r1; r++) {
    for (let k = c0; k <= c1; k++) {
      const value = x.value({ y: r, x: k, c }), color = scale.color(value);
      parts.push(`<rect x="${(k - c0) * size}" y="${(r - r0) * size}" width="${size}" height="${size}" fill="${css(color)}"/>` +
        `<text x="${(k - c0 + .5) * size}" y="${(r - r0 + 1) * size - 4}" fill="${inkOn(color)}" font-size="9" text-anchor="middle">${number(value, 2)}</text>`);
    }
  }
  let most = 0;
  for (let i = top; i <= bottom; i++) for (let j = left; j <= right; j++) most = Math.max(most, Math.abs(y.slope({ y: i, x: j, c })));
  for (let i = top; i <= bottom; i++) {
    for (let j = left; j <= right; j++) {
      const t = i * g.sh - g.top - r0, l = j * g.sw - g.left - c0;
      const mx = (l + g.kw / 2) * size, my = (t + g.kh / 2) * size;
      const won = winner(step, { y: i, x: j, c });
      const wx = (won.x - c0 + .5) * size, wy = (won.y - r0 + .5) * size;
      const slope = y.slope({ y: i, x: j, c });
      const color = css(slope === 0 ? colours.stopped : slope > 0 ? colours.positive : colours.negative);
      const width = 1.5 + (most ? 5 * Math.abs(slope) / most : 0);
      const angle = Math.atan2(wy - my, wx - mx), head = 5 + width;
      const mine = i === at.y && j === at.x;
      parts.push(`<rect x="${l * size + 2}" y="${t * size + 2}" width="${g.kw * size - 4}" height="${g.kh * size - 4}" rx="5" fill="none" stroke="${mine ? css(colours.mark) : '#fff'}" stroke-opacity="${mine ? 1 : .55}" stroke-width="${mine ? 4 : 1.5}"/>`);
      if (wx !== mx || wy !== my) {
        parts.push(`<path d="M${mx} ${my}L${wx} ${wy}" stroke="#fff" stroke-width="${width + 3}"/><path d="M${mx} ${my}L${wx} ${wy}" stroke="${color}" stroke-width="${width}"/>` +
          `<path d="M${wx + head * Math.cos(angle)} ${wy + head * Math.sin(angle)}L${wx + head * Math.cos(angle + 2.3)} ${wy + head * Math.sin(angle + 2.3)}L${wx + head * Math.cos(angle - 2.3)} ${wy + head * Math.sin(angle - 2.3)}Z" fill="${color}" stroke="#fff" stroke-width="1.5"/>`);
      } else {
        parts.push(`<circle cx="${wx}" cy="${wy}" r="${3 + width}" fill="${color}" stroke="#fff" stroke-width="1.5"/>`);
      }
    }
  }
  return `<svg class="arrows" viewBox="0 0 ${(c1 - c0 + 1) * size} ${(r1 - r0 + 1) * size}" role="img" aria-label="Switches of channel ${c}, windows of rows ${top} to ${bottom} and columns ${left} to ${right}">${parts.join('')}</svg>` +
    `<p class="quiet">Channel ${escaped(y.channelName(c))} of ${escaped(x.name)}, rows ${r0} to ${r1}, columns ${c0} to ${c1}; brighter cells answered more. Grey arrows carry nothing.</p>`;
}
