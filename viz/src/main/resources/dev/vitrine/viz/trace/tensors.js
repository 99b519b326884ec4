'use strict';

// What flows between the layers, as the page carries it: float32 planes in base64.

const data = JSON.parse(document.getElementById('data').textContent);
const trace = data.trace;

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const floatsOf = base64 => new Float32Array(bytesOf(base64).buffer);

function lazily(of, name, make) {
  Object.defineProperty(of, name, { configurable: true, get() {
    const value = make();
    Object.defineProperty(of, name, { value });
    return value;
  } });
}

// A layer's output and the gradient there. A cell is { y, x, c }; a row of numbers has y = x = 0.
class Maps {
  constructor(name, carried) {
    Object.assign(this, carried, { name, size: carried.h * carried.w });
    this.count = carried.channels ? carried.channels.length : carried.c;
    lazily(this, 'values', () => floatsOf(carried.values));
    lazily(this, 'gradient', () => floatsOf(carried.gradient));
    this.slots = carried.channels && new Map(carried.channels.map((c, slot) => [c, slot]));
  }

  // Where a channel's plane is, or -1 if the page does not carry it.
  slot(c) { return this.slots ? this.slots.get(c) ?? -1 : c; }

  channel(slot) { return this.channels ? this.channels[slot] : slot; }

  at(of, { y, x, c }) {
    const slot = this.slot(c);
    return slot === -1 ? NaN : of[slot * this.size + y * this.w + x];
  }

  value(cell) { return this.at(this.values, cell); }

  slope(cell) { return this.at(this.gradient, cell); }

  has({ y, x, c }) { return y >= 0 && y < this.h && x >= 0 && x < this.w && this.slot(c) >= 0; }

  // The cell of the largest product of activation and gradient within an area, or of the largest
  // activation where no gradient arrives.
  strongest(area) {
    let best = null;
    let most = -1;
    const top = area ? area.top : 0, bottom = area ? area.bottom : this.h - 1;
    const left = area ? area.left : 0, right = area ? area.right : this.w - 1;
    for (let slot = 0; slot < this.count; slot++) {
      const c = this.channel(slot);
      if (area && area.c !== null && area.c !== c) continue;
      for (let y = top; y <= bottom; y++) {
        for (let x = left; x <= right; x++) {
          const i = slot * this.size + y * this.w + x;
          const part = Math.abs(this.values[i] * this.gradient[i]) + 1e-30 * Math.abs(this.values[i]);
          if (part > most) { most = part; best = { y, x, c }; }
        }
      }
    }
    return best;
  }

  // What people call a channel, or a number of a row.
  channelName(c) {
    if (this.name === trace.input && data.pixels.length === this.c) return data.pixels[c];
    if (this.row && this.c === data.labels.length && this.c > 1) return `${c} (${data.labels[c]})`;
    return String(c);
  }

  cellName({ y, x, c }) {
    if (this.row) return `number ${this.channelName(c)}${this.origin(c)}`;
    return `channel ${this.channelName(c)}, row ${y}, column ${x}`;
  }

  // Where a number of a flattened map lay.
  origin(c) {
    const step = makers[this.name];
    if (step?.kind !== 'reshape' || step.sources[0].row) return '';
    return ` (${step.sources[0].cellName(unflattened(step.sources[0], { c }))})`;
  }

  // 62 x 62 x 10, or 10 numbers.
  get shape() { return this.row ? `${this.c} numbers` : `${this.h} × ${this.w} × ${this.c}`; }
}

const tensors = Object.fromEntries(
  Object.entries(trace.tensors).map(([name, carried]) => [name, new Maps(name, carried)]));

// The layers, from the score to the pixels.
const steps = trace.steps.map(carried => {
  const step = Object.assign({}, carried, { output: tensors[carried.layer] });
  step.sources = carried.inputs.map(name => tensors[name]);
  if (carried.switches) lazily(step, 'switches', () => bytesOf(carried.switches));
  if (carried.weights) {
    const w = carried.weights;
    const ins = w.ins ? w.ins.length : step.sources[0].c;
    const outs = w.outs ? w.outs.length : step.output.c;
    const rows = w.ins && new Map(w.ins.map((c, i) => [c, i]));
    const columns = w.outs && new Map(w.outs.map((c, i) => [c, i]));
    step.weights = {
      whole: !w.ins, // every input channel is there, so that sums are complete
      wide: !w.outs,
      ins: w.ins ?? [...Array(ins).keys()],
      outs: w.outs ?? [...Array(outs).keys()],
      row: c => rows ? rows.get(c) ?? -1 : c,
      column: c => columns ? columns.get(c) ?? -1 : c,
    };
    lazily(step.weights, 'kernel', () => floatsOf(w.kernel));
    if (w.bias) lazily(step.weights, 'bias', () => floatsOf(w.bias));
    // The weight at (p, q) from an input channel to an output channel; NaN if it is not carried.
    step.weights.at = (p, q, from, to) => {
      const i = step.weights.row(from), o = step.weights.column(to);
      return i < 0 || o < 0 ? NaN
        : step.weights.kernel[((p * step.geometry.kw + q) * ins + i) * outs + o];
    };
  }
  lazily(step, 'sent', () => carried.shares.map(share => share && floatsOf(share)));
  // What the layer sends back to one of its inputs, in planes as that input's.
  step.leaves = i => step.sent[i] ?? step.sources[i].gradient;
  return step;
});

// Who reads a tensor: [{ step, i }].
const readers = Object.fromEntries(Object.keys(tensors).map(name => [name, []]));
steps.forEach(step => step.inputs.forEach((name, i) => readers[name].push({ step, i })));
const makers = Object.fromEntries(steps.map(step => [step.layer, step]));

// So many digits, a real minus, powers of ten with a raised exponent.
function number(v, digits = 4) {
  if (!Number.isFinite(v)) return 'not on this page';
  if (v === 0) return '0';
  const size = Math.abs(v);
  const text = size < 1e-3 || size >= 1e7
    ? v.toExponential(digits - 1).replace(/e([+-])(\d+)/, (m, sign, exponent) => ' × 10' +
        (sign === '-' ? '⁻' : '') + [...exponent].map(d => '⁰¹²³⁴⁵⁶⁷⁸⁹'[d]).join(''))
    : size >= 10 ** (digits - 1) ? v.toFixed(0) : v.toPrecision(digits);
  return text.replace(/^-/, '−');
}

const percent = (part, of) => of === 0 ? '0 %' : `${(100 * part / of).toFixed(1)} %`;

const escaped = text => String(text).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
