// The page: a station for the score, for every layer, and for the pixels; and the cell chosen.

const stations = [{ kind: 'score', name: 'the score' }, ...steps.map(step => ({ kind: step.kind, name: step.layer, step })),
  { kind: 'pixels', name: trace.input }];

const page = {
  at: 0,
  chosen: null, // { maps, cell }
  followed: true, // false once the reader has chosen a cell
  reach: {},
  focus: {},
  inputs: {},
  figures: [],

  // The channel of a tensor that is shown.
  focusOf(maps) {
    const kept = this.focus[maps.name];
    if (kept !== undefined && maps.slot(kept) >= 0) return kept;
    const area = this.reach[maps.name];
    if (area && area.c !== null && maps.slot(area.c) >= 0) return area.c;
    const cell = maps.strongest(area);
    return this.focus[maps.name] = cell ? cell.c : maps.channel(0);
  },

  cellIn(maps) { return this.chosen && this.chosen.maps === maps ? this.chosen.cell : null; },

  focusOn(maps, c) {
    const cell = this.cellIn(maps);
    this.focus[maps.name] = c;
    if (cell) this.choose(maps, { ...cell, c });
    else this.draw();
  },

  turn(maps, by) {
    const slot = maps.slot(this.focusOf(maps)) + by;
    if (!maps.row && slot >= 0 && slot < maps.count) this.focusOn(maps, maps.channel(slot));
  },

  // Chooses a cell; `followed` if the walk did, not the reader.
  choose(maps, cell, followed = false) {
    this.followed = followed;
    this.chosen = { maps, cell: { y: cell.y, x: cell.x, c: cell.c } };
    this.reach = reachOf(maps.name, cell);
    this.focus[maps.name] = cell.c;
    for (const [name, area] of Object.entries(this.reach)) { // channels that it can be followed in
      if (area.c !== null && tensors[name].slot(area.c) >= 0) this.focus[name] = area.c;
    }
    this.draw();
    const text = `${maps.name}, ${maps.cellName(cell)}: value ${number(maps.value(cell))}, gradient ${number(maps.slope(cell))}`;
    document.getElementById('said').textContent = text;
  },

  show(index) {
    this.at = index;
    const station = stations[index];
    history.replaceState(null, '', '#' + encodeURIComponent(station.name));
    if (this.followed) this.walkTo(station);
    build(document.getElementById('station'), station);
    this.draw();
    document.querySelectorAll('#way button').forEach((button, i) => {
      if (i === index) button.setAttribute('aria-current', 'step'); else button.removeAttribute('aria-current');
    });
    const way = document.getElementById('way').parentElement, current = document.querySelector('#way [aria-current]');
    way.scrollTop = Math.max(0, current.offsetTop - way.clientHeight / 2);
  },

  // Until the reader chooses, the cell of each layer is the strongest that the last one comes from.
  walkTo(station) {
    const goal = station.kind === 'score' ? steps[0].output : station.step ? station.step.output : tensors[trace.input];
    let { maps, cell } = start();
    for (const step of steps) {
      if (maps === goal) break;
      if (step.output !== maps) continue;
      const next = strongestBack(step, cell);
      if (!next) break;
      maps = step.sources[next.i];
      cell = next.cell;
    }
    if (maps !== goal) { maps = goal; cell = goal.strongest(null); } // beside the strongest way
    this.choose(maps, cell, true);
  },

  // To the cell of an input that had most to do with the chosen one.
  back() {
    const step = makers[this.chosen.maps.name];
    const next = step && strongestBack(step, this.chosen.cell);
    if (next) this.go(step.sources[next.i], next.cell);
  },

  // To the cell of a reader with the largest part in the score.
  forth() {
    let found = null;
    for (const { step, i } of readers[this.chosen.maps.name]) {
      const area = areaForth(step, i, areaOf(this.chosen.cell));
      const cell = area && step.output.strongest(area);
      const part = cell ? Math.abs(step.output.value(cell) * step.output.slope(cell)) : -1;
      if (part > (found?.part ?? -1)) found = { maps: step.output, cell, part };
    }
    if (found) this.go(found.maps, found.cell);
  },

  go(maps, cell) {
    const hadFocus = document.activeElement?.classList.contains('map');
    this.choose(maps, cell);
    this.show(maps.name === trace.input ? stations.length - 1 : stations.findIndex(s => s.name === maps.name && s.step));
    if (hadFocus) document.querySelector('#station .map')?.focus();
  },

  draw() {
    this.figures.forEach(figure => figure.draw ? figure.draw() : figure());
    drawCell();
    drawWay();
  },
};

// Where the walk begins: the number whose gradient is largest.
function start() {
  const maps = steps[0].output;
  let best = 0;
  maps.gradient.forEach((g, i) => { if (Math.abs(g) > Math.abs(maps.gradient[best])) best = i; });
  return { maps, cell: { y: Math.floor(best % maps.size / maps.w), x: best % maps.w, c: maps.channel(Math.floor(best / maps.size)) } };
}

const mapsOf = station => station.kind === 'score' ? steps[0].output : station.step ? station.step.output : tensors[trace.input];

function begin() {
  readColours();
  const sizes = stations.map(s => mapsOf(s).arriving.norm);
  const logs = sizes.filter(n => n > 0).map(Math.log10);
  const low = Math.min(...logs), high = Math.max(...logs);
  const way = document.getElementById('way');
  stations.forEach((station, i) => {
    const item = document.createElement('li');
    const share = sizes[i] > 0 ? 8 + 92 * (high > low ? (Math.log10(sizes[i]) - low) / (high - low) : 1) : 0;
    const kind = station.kind === 'score' ? 'where it begins' : station.kind === 'pixels' ? 'where it ends' : lessons[station.kind].title || station.step.op;
    item.innerHTML = `<button type="button">${escaped(station.name)} <small></small><i style="width:${share}%" title="norm ${number(sizes[i])}"></i></button>`;
    item.firstChild.title = kind;
    item.firstChild.addEventListener('click', () => page.show(i));
    way.append(item);
  });
  document.getElementById('back').addEventListener('click', () => page.back());
  document.getElementById('forth').addEventListener('click', () => page.forth());
  document.getElementById('again').addEventListener('click', () => { page.followed = true; page.show(page.at); });
  document.getElementById('photograph').addEventListener('load', () => page.chosen && drawCell());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    readColours();
    page.show(page.at);
  });
  const named = decodeURIComponent(location.hash.slice(1));
  page.choose(start().maps, start().cell, true);
  page.show(Math.max(0, stations.findIndex(s => s.name === named)));
}

begin();
