// The values of one feature map as arithmetic: a window on the maps before, moved by the pointer or by keys.

import { make } from './elements.js';
import { frame, grid } from './step_grid.js';
import { added, factor, floats, largestOf, paint, signed, tint, written } from './step_numbers.js';

const LISTED = 4; // input maps whose sums are shown; the others are added up
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const UNKNOWN = { convolution: 'Sum', max: 'Maximum', mean: 'Mean', sum: 'Sum', values: 'Value' };

export class Windows {
  constructor(root, say) {
    Object.assign(this, { root, say });
    this.place = null; // row and column on the feature map
    this.identity = null; // of what is shown: as long as it stays, so do place and input map
  }

  show(message, identity, title) {
    this.message = message;
    this.title = title;
    this.maps = floats(message.maps);
    this.kernels = message.kernels && floats(message.kernels);
    this.rest = message.more && floats(message.more.values);
    this.values = floats(message.values);
    this.stages = message.stages.map((stage) => ({ ...stage, values: floats(stage.values) }));
    const [rows, columns] = message.places;
    const stays = identity === this.identity && this.place?.[0] < rows && this.place[1] < columns;
    if (!stays) {
      const strong = this.values.reduce(
        (best, value, at, all) => (value > all[best] ? at : best),
        0,
      );
      this.place = [Math.floor(strong / columns), strong % columns];
      this.shown = message.shown;
    }
    this.identity = identity;
    if (!this.input?.isConnected) this.build();
    this.paintInput();
    paint(
      this.output.canvas,
      this.values,
      message.places,
      message.image && message.kind === 'values',
    );
    this.calculate();
  }

  build() {
    this.input = this.figure('input', (event) => this.fromInput(event));
    this.output = this.figure('output', (event) => this.fromOutput(event));
    this.grids = make('div', { className: 'grids' });
    this.at = make('p', { className: 'at' });
    this.ladder = make('table', { className: 'ladder' });
    const from = make('div', { className: 'from' }, this.input, this.grids);
    const sum = make('div', { className: 'sum' }, this.at, this.ladder);
    const to = make('div', { className: 'to' }, sum, this.output);
    this.root.replaceChildren(make('div', { className: 'scene' }, from, to));
  }

  // A map with a frame on it, in a button: the arrow keys move the window.
  figure(name, find) {
    const canvas = make('canvas', {});
    const frame = make('i', {});
    const button = make('button', { type: 'button', className: 'map' }, canvas, frame);
    button.onpointermove = (event) => this.point(find(event), false);
    button.onclick = (event) => event.detail && this.point(find(event), true);
    button.onkeydown = (event) => this.walk(event);
    const caption = make('figcaption', {});
    const figure = make('figure', { className: name }, button, caption);
    return Object.assign(figure, { canvas, frame, button, caption });
  }

  walk(event) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    this.point([this.place[0] + step[0], this.place[1] + step[1]], true);
  }

  fromOutput(event) {
    return under(event, this.output.canvas, this.message.places);
  }

  // The window with that value at its middle.
  fromInput(event) {
    const { size, strides, dilation, before, shape } = this.message;
    return under(event, this.input.canvas, shape.slice(1)).map((at, axis) => {
      const middle = ((size[axis] - 1) * dilation[axis]) / 2;
      return Math.round((at + before[axis] - middle) / strides[axis]);
    });
  }

  // Move to a place on the feature map, or to the nearest that there is.
  point(place, isSaid) {
    const inside = (at, axis) => Math.min(this.message.places[axis] - 1, Math.max(0, at));
    const [row, column] = place.map(inside);
    if (!isSaid && row === this.place[0] && column === this.place[1]) return;
    this.place = [row, column];
    this.calculate(isSaid);
  }

  calculate(isSaid = false) {
    this.frameBoth();
    const sums = this.message.names.map((_, map) => this.sum(map));
    this.drawGrids();
    this.describe(sums, isSaid);
  }

  // The value of an input map in the window; null beyond the map's edge.
  seen(map, row, column) {
    const { strides, dilation, before, shape } = this.message;
    const [y, x] = [row, column].map(
      (at, axis) => this.place[axis] * strides[axis] + at * dilation[axis] - before[axis],
    );
    if (y < 0 || x < 0 || y >= shape[1] || x >= shape[2]) return null;
    return this.maps[(map * shape[1] + y) * shape[2] + x];
  }

  window(map) {
    const [rows, columns] = this.message.size;
    const places = Array.from({ length: rows * columns }, (_, at) => at);
    return places.map((at) => this.seen(map, Math.floor(at / columns), at % columns));
  }

  kernel(map) {
    const count = this.message.size[0] * this.message.size[1];
    return this.kernels.slice(map * count, (map + 1) * count);
  }

  sum(map) {
    const window = this.window(map);
    if (!this.kernels) return window;
    return this.kernel(map).reduce((total, weight, at) => total + weight * (window[at] ?? 0), 0);
  }

  paintInput() {
    const { shape, names, image } = this.message;
    const count = shape[1] * shape[2];
    const map = this.maps.subarray(this.shown * count, (this.shown + 1) * count);
    paint(this.input.canvas, map, shape.slice(1), image);
    const name = `Input: ${names[this.shown]}`;
    this.input.caption.textContent = name;
    this.output.caption.textContent = this.title;
    this.input.button.ariaLabel = `${name}; the arrow keys move the window`;
    this.output.button.ariaLabel = `${this.title}; the arrow keys move the place`;
  }

  frameBoth() {
    const { size, strides, dilation, before, shape, places } = this.message;
    const first = this.place.map((at, axis) => at * strides[axis] - before[axis]);
    const reach = size.map((count, axis) => (count - 1) * dilation[axis] + 1);
    frame(this.input.frame, first, reach, shape.slice(1));
    frame(this.output.frame, this.place, [1, 1], places);
  }

  drawGrids() {
    const { kind, size } = this.message;
    const window = this.window(this.shown);
    if (size[0] * size[1] === 1 && kind !== 'convolution') return this.grids.replaceChildren();
    if (!this.kernels) {
      const kept = kind === 'max' ? Math.max(...window.filter((value) => value !== null)) : null;
      const name = kind === 'max' ? 'Window: the largest is kept' : 'Window';
      return this.grids.replaceChildren(grid(name, window, size[1], kept));
    }
    const kernel = this.kernel(this.shown);
    const products = window.map((value, at) => (value ?? 0) * kernel[at]);
    const named = { Window: window, Kernel: kernel };
    named[`Products: in all ${signed(this.sum(this.shown))}`] = products;
    const [seen, by, made] = Object.entries(named).map((each) => grid(...each, size[1]));
    const [times, equals] = ['×', '='].map((sign) => make('span', { className: 'sign' }, sign));
    this.grids.replaceChildren(seen, times, by, equals, made);
  }

  describe(sums, isSaid) {
    const [row, column] = this.place;
    const rows = [...this.made(sums), ...this.staged()];
    rows.at(-1).isLast = true;
    const before = this.ladder.contains(this.ladder.getRootNode().activeElement);
    const largest = largestOf(rows.map((each) => (each.map === undefined ? 0 : each.value)));
    this.ladder.replaceChildren(...rows.map((each) => this.row(each, largest)));
    if (before) this.ladder.querySelector('[aria-pressed=true]')?.focus({ preventScroll: true });
    this.at.textContent = `Row ${row}, column ${column}`;
    const text = rows.map(({ name, how, value }) => `${name} ${how ?? ''} ${written(value)}`);
    if (isSaid) this.say(`Row ${row}, column ${column}: ${text.join('; ')}.`);
  }

  // The lines from the window to the layer's own value.
  made(sums) {
    const { kind, names, more, bias } = this.message;
    if (!this.kernels) {
      const window = sums[0].filter((value) => value !== null);
      const mean = window.reduce((total, value) => total + value, 0) / window.length;
      const value = kind === 'max' ? Math.max(...window) : mean;
      return [{ name: `${UNKNOWN[kind]} of ${window.length} values`, value, isTotal: true }];
    }
    const listed = sums.map((value, map) => ({ name: capital(names[map]), value, map }));
    if (kind === 'values') return [{ ...listed[0], name: UNKNOWN[kind], isTotal: true }];
    const lines = this.strongest(listed);
    const others = listed.filter((line) => !lines.includes(line));
    const count = others.length + (more?.count ?? 0);
    const at = this.place[0] * this.message.places[1] + this.place[1];
    const rest = others.reduce((total, line) => total + line.value, this.rest?.[at] ?? 0);
    if (count) lines.push({ name: `${count} more`, value: rest });
    if (bias !== undefined) lines.push({ name: 'Bias', value: bias });
    const value = lines.reduce((total, line) => total + line.value, 0);
    return lines.length > 1 ? [...lines, { name: UNKNOWN[kind], value, isTotal: true }] : lines;
  }

  // Those that add or take off most here, and the one that is shown.
  strongest(lines) {
    if (lines.length <= LISTED) return lines.slice();
    const order = lines.toSorted((one, other) => Math.abs(other.value) - Math.abs(one.value));
    const chosen = order.slice(0, LISTED);
    if (!chosen.includes(lines[this.shown])) chosen[LISTED - 1] = lines[this.shown];
    return chosen;
  }

  staged() {
    const at = this.place[0] * this.message.places[1] + this.place[1];
    return this.stages.map((stage) => {
      const isFunction = stage.mean === undefined && stage.scale === undefined; // as relu is written
      const name = isFunction ? stage.name : capital(stage.name);
      return { name, value: stage.values[at], how: formula(stage), isTotal: true };
    });
  }

  row({ name, value, map, how, isTotal, isLast }, largest) {
    const label =
      map === undefined || this.message.names.length < 2 ? name : this.chooser(name, map);
    const number = make('td', { className: 'number' }, (isTotal ? written : signed)(value));
    if (map !== undefined) number.style.background = tint(value, largest, 40);
    const line = make(
      'tr',
      {},
      make('th', { scope: 'row' }, label),
      make('td', {}, how ?? ''),
      number,
    );
    line.classList.toggle('total', Boolean(isTotal));
    line.classList.toggle('last', Boolean(isLast));
    return line;
  }

  chooser(name, map) {
    const button = make('button', { type: 'button', title: 'Show this input map' }, name);
    button.setAttribute('aria-pressed', map === this.shown);
    button.onclick = () => {
      this.shown = map;
      this.paintInput();
      this.calculate();
    };
    return button;
  }
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

// What a stage does, with its numbers; x stands for the line before.
function formula(stage) {
  if (stage.mean !== undefined) {
    const { mean, deviation, gamma, beta } = stage;
    return `(x ${added(-mean)}) / ${written(deviation)} × ${factor(gamma)} ${added(beta)}`;
  }
  if (stage.scale !== undefined) {
    return `x × ${stage.scale.toPrecision(3)}${stage.offset ? ` ${added(stage.offset)}` : ''}`;
  }
  return stage.name === 'relu' ? 'max(0, x)' : '';
}

// The row and the column of a map that an event is on.
function under(event, canvas, [rows, columns]) {
  const box = canvas.getBoundingClientRect();
  const row = Math.floor((rows * (event.clientY - box.top)) / box.height);
  return [row, Math.floor((columns * (event.clientX - box.left)) / box.width)];
}
