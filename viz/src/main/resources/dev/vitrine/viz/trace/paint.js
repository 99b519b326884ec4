// Maps as pictures: colours, the canvas whose cells can be chosen, its row of channels.

const WIDTH = 640; // of a map's canvas, at least
let colours;

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const rgb = name => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    const full = hex.length === 3 ? [...hex].map(d => d + d).join('') : hex;
    return [0, 2, 4].map(i => parseInt(full.slice(i, i + 2), 16));
  };
  colours = Object.fromEntries(['neutral', 'negative', 'positive', 'stopped', 'mark', 'text', 'ground']
    .map(name => [name, rgb('--' + name)]));
}

const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
const luminance = ([r, g, b]) => (0.299 * r + 0.587 * g + 0.114 * b) / 255;
const inkOn = color => luminance(color) > 0.55 ? '#111' : '#fff';

// The size that all but one in two hundred of the numbers other than zero stay below.
function usual(values) {
  const sizes = Float32Array.from(values).filter(v => v !== 0).map(Math.abs).sort();
  return sizes.length ? sizes[Math.min(sizes.length - 1, Math.floor(0.995 * sizes.length))] : 0;
}

// A scale of colours: with signs about neutral, or from the smallest to the largest.
function signedScale(values) {
  const most = usual(values);
  const color = v => {
    const t = most === 0 ? 0 : Math.max(-1, Math.min(1, v / most));
    const end = t < 0 ? colours.negative : colours.positive;
    return colours.neutral.map((n, i) => Math.round(n + Math.abs(t) * (end[i] - n)));
  };
  return { color, legend: most === 0 ? '<span>zero everywhere</span>'
    : `<span>−${number(most, 3)}</span><i class="signs"></i><span>${number(most, 3)}</span>` };
}

function plainScale(values, grey) {
  let low = Infinity, high = -Infinity;
  for (const v of values) { low = Math.min(low, v); high = Math.max(high, v); }
  const color = v => {
    const t = high === low ? 0 : (v - low) / (high - low);
    const i = Math.max(0, Math.min(255, Math.floor(256 * t)));
    const rgb = data.viridis[i];
    return grey ? [i, i, i] : [rgb >> 16, rgb >> 8 & 255, rgb & 255];
  };
  return { color, legend: `<span>${number(low, 3)}</span><i class="${grey ? 'greys' : 'answers'}"></i><span>${number(high, 3)}</span>` };
}

// How a tensor's numbers lie on a picture: a plane as it is, a row of numbers in reading order.
function sheetOf(maps) {
  if (!maps.row) {
    return { h: maps.h, w: maps.w, cell: (r, k, c) => ({ y: r, x: k, c }),
      place: ({ y, x }) => [y, x], plane: (values, slot) => values.subarray(slot * maps.size, (slot + 1) * maps.size) };
  }
  const w = maps.c <= 24 ? maps.c : Math.ceil(Math.sqrt(maps.c));
  const h = Math.ceil(maps.c / w);
  return { h, w, cell: (r, k) => r * w + k < maps.c ? { y: 0, x: 0, c: r * w + k } : null,
    place: ({ c }) => [Math.floor(c / w), c % w], plane: values => values };
}

function paint(canvas, sheet, values, scale, stopped, least) {
  const times = Math.max(1, Math.ceil(least / sheet.w));
  canvas.width = sheet.w * times;
  canvas.height = sheet.h * times;
  const image = new ImageData(sheet.w, sheet.h);
  for (let i = 0; i < values.length; i++) {
    const [r, g, b] = stopped && stopped(i) ? colours.stopped : scale.color(values[i]);
    image.data.set([r, g, b, 255], 4 * i);
  }
  const small = document.createElement('canvas');
  small.width = sheet.w;
  small.height = sheet.h;
  small.getContext('2d').putImageData(image, 0, 0);
  const pen = canvas.getContext('2d');
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, 0, 0, canvas.width, canvas.height);
  return times;
}

function outline(canvas, times, top, left, bottom, right, thick) {
  const pen = canvas.getContext('2d');
  const line = Math.max(2, canvas.width / 220) * (thick ? 1.6 : 1);
  const grow = thick ? Math.max(0, (canvas.width / 45 - times) / 2) : 0; // a single pixel is seen too
  const box = [left * times - grow, top * times - grow,
    (right - left + 1) * times + 2 * grow, (bottom - top + 1) * times + 2 * grow];
  pen.lineWidth = line * 2;
  pen.strokeStyle = css(colours.ground);
  pen.strokeRect(...box);
  pen.lineWidth = line;
  pen.strokeStyle = css(colours.mark);
  pen.strokeRect(...box);
}

// A figure that shows one channel of a tensor, lets a cell be chosen, and has the other channels
// beside it. `numbers` are in planes as the tensor's; `stopped(slot, i)` says which are crossed out.
class MapFigure {
  constructor(host, { maps, numbers, scale, label, note, stopped, bare }) {
    Object.assign(this, { host, maps, numbers, scale, label, stopped });
    this.sheet = sheetOf(maps);
    const figure = document.createElement('figure');
    figure.innerHTML = '<div class="map" tabindex="0" role="application" aria-roledescription="map">' +
      '<canvas></canvas></div><div class="thumbs"></div><div class="legend"></div><figcaption></figcaption>';
    host.append(figure);
    this.map = figure.querySelector('.map');
    this.canvas = figure.querySelector('canvas');
    this.thumbs = figure.querySelector('.thumbs');
    figure.querySelector('.legend').innerHTML = scale.legend +
      (stopped ? '<i class="one halted"></i><span>stopped</span>' : '');
    figure.querySelector('figcaption').innerHTML = note;
    this.map.addEventListener('click', e => this.clicked(e));
    this.map.addEventListener('keydown', e => this.pressed(e));
    if (!maps.row && !bare) this.fillThumbs();
    else this.thumbs.remove();
    this.draw();
  }

  fillThumbs() {
    this.thumbs.classList.toggle('many', this.maps.count > 40);
    this.thumbs.setAttribute('role', 'group');
    this.thumbs.setAttribute('aria-label', `Channels of ${this.label}`);
    for (let slot = 0; slot < this.maps.count; slot++) {
      const c = this.maps.channel(slot);
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'thumb';
      button.innerHTML = `<canvas></canvas><span>${escaped(this.maps.channelName(c))}</span>`;
      button.setAttribute('aria-label', `Channel ${this.maps.channelName(c)}`);
      button.addEventListener('click', () => page.focusOn(this.maps, c));
      this.thumbs.append(button);
    }
  }

  plane(slot) { return this.sheet.plane(this.numbers, slot); }

  draw() {
    const c = page.focusOf(this.maps);
    const slot = this.maps.row ? 0 : this.maps.slot(c);
    const stopped = this.stopped && (i => this.stopped(slot, i));
    const times = paint(this.canvas, this.sheet, this.plane(slot), this.scale, stopped, WIDTH);
    const area = page.reach[this.maps.name];
    if (area && (this.maps.row ? area.c !== null : area.c === null || area.c === c)) {
      const [top, left] = this.maps.row ? this.sheet.place({ c: area.c }) : [area.top, area.left];
      const [bottom, right] = this.maps.row ? [top, left] : [area.bottom, area.right];
      outline(this.canvas, times, top, left, bottom, right, single(area));
    }
    const cell = page.cellIn(this.maps);
    this.map.setAttribute('aria-label', `${this.label}: ` +
      (this.maps.row ? this.maps.shape : `channel ${this.maps.channelName(c)}, ${this.maps.h} by ${this.maps.w} cells`) +
      (cell ? `; chosen is ${this.maps.cellName(cell)}` : '; press an arrow key to choose a cell'));
    [...this.thumbs.children].forEach((button, k) => {
      button.setAttribute('aria-pressed', this.maps.channel(k) === c);
      const thumb = button.querySelector('canvas');
      if (!thumb.dataset.drawn) {
        paint(thumb, this.sheet, this.plane(k), this.scale, this.stopped && (i => this.stopped(k, i)), 1);
        thumb.dataset.drawn = 'yes';
      }
    });
  }

  clicked(event) {
    const box = this.canvas.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top) / box.height * this.sheet.h);
    const column = Math.floor((event.clientX - box.left) / box.width * this.sheet.w);
    const cell = this.sheet.cell(row, column, page.focusOf(this.maps));
    if (cell) page.choose(this.maps, cell);
  }

  pressed(event) {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (move) {
      const from = page.cellIn(this.maps);
      let cell = from ?? this.maps.strongest(page.reach[this.maps.name]);
      if (from) {
        const [row, column] = this.sheet.place(from);
        cell = row + move[0] >= 0 && row + move[0] < this.sheet.h && column + move[1] >= 0 &&
          column + move[1] < this.sheet.w ? this.sheet.cell(row + move[0], column + move[1], from.c) : null;
      }
      if (cell) page.choose(this.maps, cell);
    } else if (event.key === 'Enter') {
      if (event.shiftKey) page.forth(); else page.back();
    } else if (event.key === 'PageUp' || event.key === 'PageDown') {
      page.turn(this.maps, event.key === 'PageUp' ? -1 : 1);
    } else {
      return;
    }
    event.preventDefault();
  }
}

// A small table of numbers on their colours; `texts` is rows of [value, html, class].
function numberGrid(caption, texts, scale) {
  const cells = texts.map(row => '<tr>' + row.map(([value, html, name]) => {
    if (value === null) return `<td class="edge">${html}</td>`;
    const color = scale.color(value);
    return `<td class="${name ?? ''}" style="background:${css(color)};color:${inkOn(color)}">${html}</td>`;
  }).join('') + '</tr>').join('');
  return `<div class="scroll"><table class="grid"><caption>${caption}</caption><tbody>${cells}</tbody></table></div>`;
}
