// The pictures, numbers and sums of one station: the score, a layer, or the pixels.

function part(host, badge, title, wide) {
  const section = document.createElement('section');
  if (wide) section.className = 'whole';
  section.innerHTML = `<h3>${badge ? `<b aria-hidden="true">${badge}</b>` : ''}<span>${title}</span></h3>`;
  host.append(section);
  return section;
}

const figuresText = f => `norm ${number(f.norm)}, largest ${number(f.largest)}, ${percent(f.zeros, f.count)} of ${f.count.toLocaleString('en')} numbers are zero`;

function activation(host, maps, note) {
  const pixels = maps.name === trace.input;
  page.figures.push(new MapFigure(host, { maps, numbers: maps.values, scale: plainScale(maps.values, pixels),
    label: `Activation of ${maps.name}`, note: `${note} ${figuresText(maps.all)[0].toUpperCase()}${figuresText(maps.all).slice(1)}.` }));
}

function gradient(host, maps, numbers, figures, label, note) {
  page.figures.push(new MapFigure(host, { maps, numbers, scale: signedScale(numbers), label,
    note: `${note} ${figuresText(figures)[0].toUpperCase()}${figuresText(figures).slice(1)}.` }));
}

const signs = trace.rule === 'gradient' ? 'Orange: more here, more score; blue: more here, less; in score for each unit of the activation.'
  : `Orange is positive, blue negative; by the rule “${trace.rule}” it does not say what a change would do.`;

const carriedText = maps => maps.channels
  ? `${maps.count} of ${maps.c} channels, those with the largest part in the score` : maps.row ? `all ${maps.c} numbers` : `all ${maps.c} channels`;

function build(host, station) {
  page.figures = [];
  host.replaceChildren();
  const walk = document.createElement('div');
  walk.className = 'walk';
  walk.innerHTML = '<button type="button" id="towards-score">Towards the score</button>' +
    '<button type="button" id="towards-pixels" class="primary">Next: towards the pixels</button>' +
    `<span>Step ${page.at + 1} of ${stations.length}</span>`;
  host.append(walk);
  const [up, down] = walk.querySelectorAll('button');
  up.disabled = page.at === 0;
  down.disabled = page.at === stations.length - 1;
  up.addEventListener('click', () => { page.show(page.at - 1); refocus('towards-score', 'towards-pixels'); });
  down.addEventListener('click', () => { page.show(page.at + 1); refocus('towards-pixels', 'towards-score'); });
  if (station.kind === 'score') buildScore(host);
  else if (station.kind === 'pixels') buildPixels(host);
  else buildLayer(host, station.step);
}

function refocus(id, other) {
  const button = document.getElementById(id);
  (button.disabled ? document.getElementById(other) : button).focus();
}

function headline(host, title, says, formulas) {
  const head = document.createElement('div');
  head.innerHTML = `<h2>${title}</h2><p>${says}</p>` + (formulas
    ? `<dl class="formulas"><dt>forwards</dt><dd>${formulas.forth}</dd><dt>backwards</dt><dd>${formulas.back}</dd></dl>` : '');
  host.append(head);
  const flow = document.createElement('div');
  flow.className = 'flow';
  host.append(flow);
  return flow;
}

function buildScore(host) {
  const maps = steps[0].output;
  const flow = headline(host, `The score: ${escaped(data.target)}`,
    `The walk begins at ${escaped(maps.name)}. The question at every step is the same: if this number grew a little, by how much would the score grow? For the score itself the answer is known, and all the others follow from it, layer by layer, by the chain rule.`);
  activation(part(flow, 1, 'What the layer answered'), maps, `${escaped(maps.name)} holds ${maps.shape}; here are ${carriedText(maps)}.`);
  gradient(part(flow, 2, 'The gradient that is sent back'), maps, maps.gradient, maps.arriving, `First gradient at ${maps.name}`,
    `The score’s own slope: ${number(start().maps.slope(start().cell))} where the score is read, 0 elsewhere.`);
  const ranked = [...Array(maps.row ? maps.c : 0).keys()].sort((a, b) => maps.values[b] - maps.values[a]).slice(0, 5);
  const rows = ranked.map(c => `<tr><th scope="row">number ${escaped(maps.channelName(c))}</th><td>${number(maps.values[c], 5)}</td><td>${number(maps.gradient[c])}</td></tr>`);
  part(flow, 3, 'In numbers', true).insertAdjacentHTML('beforeend', `<p>The score is <b>${number(trace.score, 6)}</b>.</p>` + (rows.length
    ? `<table class="plain"><caption>The largest numbers of ${escaped(maps.name)}</caption><thead><tr><th>which</th><th>answer</th><th>gradient</th></tr></thead><tbody>${rows.join('')}</tbody></table>` : ''));
}

const formula = (of, step) => typeof of === 'function' ? of(step) : of;

function buildLayer(host, step) {
  const lesson = lessons[step.kind], y = step.output;
  const size = step.geometry.map === 'window' && step.kind !== 'pad' ? ` ${step.geometry.kh} × ${step.geometry.kw}` +
    (step.geometry.sh > 1 ? `, every ${step.geometry.sh} cells` : '') : '';
  const title = `${escaped(step.layer)} <span class="quiet">${lesson.title || escaped(step.op)}${size}</span>`;
  const flow = headline(host, title, lesson.says + ` It reads ${step.sources.map(x => `${escaped(x.name)} (${x.shape})`).join(' and ')} and makes ${y.shape}.`,
    { forth: formula(lesson.forth, step), back: formula(lesson.back, step) });
  activation(part(flow, 1, 'Activation: what the layer answered'), y, `Brighter is more; ${carriedText(y)}.`);
  const from = readers[step.layer];
  const sum = from.length > 1 ? ` ${from.length} layers read this one, ${from.map(r => escaped(r.step.layer)).join(' and ')}, and what they send back adds up.` : '';
  gradient(part(flow, 2, 'The gradient that arrives'), y, y.gradient, y.arriving, `Gradient at ${step.layer}`,
    `${signs}${sum}`);
  const does = part(flow, 3, 'What the layer does with it', true);
  const picture = document.createElement('div');
  does.append(picture);
  const draw = pictures[step.kind] && pictures[step.kind](picture, step, page.figures);
  if (!pictures[step.kind]) picture.innerHTML = `<p>${lesson.says}</p>`;
  if (draw) page.figures.push(draw);
  const leaves = part(flow, 4, `The gradient that leaves`);
  const choices = document.createElement('div');
  choices.className = 'choices';
  if (step.sources.length > 1) leaves.append(choices);
  const holder = document.createElement('div');
  leaves.append(holder);
  let leaving;
  const showInput = i => {
    page.inputs[step.layer] = i;
    page.figures = page.figures.filter(f => f !== leaving);
    holder.replaceChildren();
    const x = step.sources[i];
    const shared = step.sent[i] ? ` Other layers read ${escaped(x.name)} too; theirs is added to this.` : '';
    gradient(holder, x, step.leaves(i), step.leaving[i], `Gradient sent back to ${x.name}`, `What goes back to ${escaped(x.name)}, ${carriedText(x)}.${shared}`);
    leaving = page.figures[page.figures.length - 1];
    [...choices.children].forEach((b, k) => b.setAttribute('aria-pressed', k === i));
  };
  step.sources.forEach((x, i) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = `to ${x.name}`;
    button.addEventListener('click', () => { showInput(i); page.draw(); });
    choices.append(button);
  });
  showInput(page.inputs[step.layer] ?? 0);
  numbersOf(part(flow, 5, 'In numbers'), step);
  const sums = part(flow, 6, 'Down to single products and sums', true);
  sums.classList.add('sums');
  const tables = document.createElement('div');
  sums.append(tables);
  page.figures.push(() => drawSums(tables, step));
}

function numbersOf(host, step) {
  const y = step.output, a = step.adjoint;
  const left = Math.sqrt(step.leaving.reduce((s, f) => s + f.norm * f.norm, 0));
  const rule = step.rules && step.rules.find(r => r.rule === trace.rule);
  const rows = [
    ['norm of the gradient that arrives', number(y.arriving.norm)],
    ['norm of the gradient that leaves', number(left)],
    ['arriving numbers that are zero', percent(y.arriving.zeros, y.arriving.count)],
    ['leaving numbers that are zero', percent(step.leaving.reduce((s, f) => s + f.zeros, 0), step.leaving.reduce((s, f) => s + f.count, 0))],
  ];
  if (rule) rows.push([`zeroed here by ${trace.rule}`, `${rule.zeroed.toLocaleString('en')} (${percent(rule.zeroed, y.arriving.count - y.arriving.zeros)})`]);
  rows.push([`⟨<i>J x</i>, <i>g</i>⟩, forwards`, number(a.forwards, 6)], [`⟨<i>x</i>, <i>J</i><sup>T</sup><i>g</i>⟩, backwards`, number(a.backwards, 6)]);
  if (a.bias) rows.push(['⟨<i>f</i>(0), <i>g</i>⟩, from the layer’s own bias', number(a.bias)]);
  const how = step.kind === 'relu' || step.kind === 'max-pool' || step.kind === 'global-max'
    ? '<i>J x</i> is the output itself, since this layer only chooses among its inputs'
    : a.straight ? '<i>J x</i> is the output without the part of the bias, <i>f</i>(<i>x</i>) − <i>f</i>(0)'
      : '<i>J x</i> is measured by making the input 1 % larger and smaller';
  const difference = a.size === 0 ? 'since nothing arrives' : a.forwards === a.backwards ? 'to the last digit'
    : `up to ${number(Math.abs(a.forwards - a.backwards) / a.size, 2)} of the sum of their terms’ sizes`;
  let text = `<p class="quiet"><span class="${a.holds ? 'good' : 'bad'}">${a.holds ? '✓ The adjoint identity holds' : '✗ The adjoint identity does not hold'}</span>: ` +
    `${a.holds ? 'both products agree' : 'the products differ'}, ${difference}. Here ${how}; <i>x</i> and <i>g</i> are those of this run, all channels of them.</p>`;
  if (step.rules && trace.rule !== 'gradient') {
    text += `<p class="quiet">It is checked on the ReLU’s true derivative. What ${trace.rule} sends back gives ⟨<i>x</i>, sent⟩ = ${number(rule.backwards, 6)}: it is no derivative, and need not agree.</p>`;
  }
  host.insertAdjacentHTML('beforeend', `<table class="plain"><tbody>${rows.map(([k, value]) => `<tr><th scope="row">${k}</th><td>${value}</td></tr>`).join('')}</tbody></table>${text}`);
}

function drawSums(host, step) {
  const y = step.output;
  const here = page.cellIn(y);
  const source = step.sources.findIndex(x => page.cellIn(x));
  const own = step.weights ? { forth: weightedForth, back: weightedBack } : smallSums[step.kind];
  const parts = [];
  if (here && own) {
    parts.push(`<section><h4>Forwards: how ${escaped(step.layer)}, ${escaped(y.cellName(here))}, came about</h4>${own.forth(step, here)}</section>`);
  }
  if (source >= 0 && own) {
    const x = step.sources[source];
    parts.push(`<section><h4>Backwards: the gradient that leaves to ${escaped(x.name)}, ${escaped(x.cellName(page.cellIn(x)))}</h4>${own.back(step, page.cellIn(x), source)}</section>`);
  }
  if (here && own) {
    const next = strongestBack(step, here);
    if (next) {
      const x = step.sources[next.i];
      parts.push(`<section><h4>Backwards: the gradient that leaves to ${escaped(x.name)}, ${escaped(x.cellName(next.cell))}, the cell with most to do with it</h4>${own.back(step, next.cell, next.i)}</section>`);
    }
  }
  if (!own) parts.push('<p>The formulas above are the whole story: the page has no sum to show for this kind of layer.</p>');
  else if (!parts.length) parts.push('<p>Choose a cell in the pictures of this layer to see its sum.</p>');
  host.innerHTML = parts.join('');
}

function buildPixels(host) {
  const x = tensors[trace.input];
  const flow = headline(host, 'The pixels', trace.rule === 'gradient'
    ? `The walk ends here: for each pixel’s ${data.pixels.join(', ')}, by how much the score would grow for each unit, in the network’s own units, that it grows.`
    : `The walk ends here, with what the rule “${trace.rule}” has left of the gradient at each pixel’s ${data.pixels.join(', ')}.`);
  activation(part(flow, 1, 'The pixels, as the network gets them'), x, 'One colour at a time, after preprocessing.');
  gradient(part(flow, 2, 'The gradient at the pixels'), x, x.gradient, x.arriving, 'Gradient at the pixels', signs);
  const seen = part(flow, 3, 'In colour', true);
  const figure = document.createElement('figure');
  figure.innerHTML = `<canvas class="map" role="img" aria-label="The gradient in colour about grey"></canvas><figcaption>All three colours at once about a neutral grey: ${trace.rule === 'gradient' ? 'brighter where more of that colour would raise the score, darker where less would' : 'brighter where it is positive, darker where it is negative'}.</figcaption>`;
  seen.append(figure);
  inColour(figure.firstChild, x);
  if (trace.balance) {
    const b = trace.balance, sum = b.pixels + b.biases;
    part(flow, 4, 'What the score is made of', true).insertAdjacentHTML('beforeend',
      `<p>A network of such layers is a linear function of the pixels as long as no ReLU and no switch changes. So its score is the pixels times their gradient, plus what the layers’ own biases add on the way:</p>` +
      `<p class="total" id="balance" data-sum="${sum}" data-run="${trace.score}">⟨pixels, gradient⟩ ${number(b.pixels, 6)} + biases ${number(b.biases, 6)} = ${number(sum, 6)}; the score is <b>${number(trace.score, 6)}</b> ` +
      `<span class="${Math.abs(sum - trace.score) <= 1e-3 * (Math.abs(b.pixels) + Math.abs(b.biases)) ? 'good">✓ equal up to rounding' : 'bad">✗ not equal'}</span></p>`);
  }
}

function inColour(canvas, x) {
  const most = usual(x.gradient), size = x.size;
  const order = data.pixels[0] === 'blue' ? [2, 1, 0] : [0, 1, 2];
  canvas.width = x.w;
  canvas.height = x.h;
  const image = new ImageData(x.w, x.h);
  for (let i = 0; i < size; i++) {
    const rgb = order.map(c => most && x.slot(c) >= 0 ? 128 + 127 * x.gradient[x.slot(c) * size + i] / most : 128);
    image.data.set([...rgb, 255], 4 * i);
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
  canvas.style.cssText = `width: 27rem; max-width: 100%; height: auto; image-rendering: pixelated`;
}
