// An image beside its pixel values; pointing at either marks the same pixel in both. Of an image in colour the
// values of one channel at a time are shown.

import { make } from './elements.js';

const CHANNELS = ['Red', 'Green', 'Blue'];
const views = new WeakMap(); // of each place on the page

export default function ({ data, parentElement }) {
  const view = views.get(parentElement) ?? new View(parentElement);
  views.set(parentElement, view);
  view.show(data);
}

class View {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector('canvas');
    this.table = root.querySelector('table');
    this.channel = 0;
    this.table.onpointermove = this.table.onclick = (event) => {
      const at = this.cells.indexOf(event.target);
      if (at >= 0) this.point(at);
    };
    this.canvas.onpointermove = this.canvas.onclick = (event) => this.point(this.under(event));
    this.table.onkeydown = (event) => this.walk(event);
  }

  show({ pixels, edge, name }) {
    Object.assign(this, { edge, name });
    this.pixels = pixels.map((values) => [values].flat());
    this.isColour = this.pixels[0].length > 1;
    draw(this.canvas, this.pixels, edge);
    this.canvas.setAttribute('aria-label', name);
    this.root.querySelector('.mark').style.setProperty('--edge', edge);
    const half = Math.floor(edge / 2);
    this.at = half * edge + half;
    this.choose(this.isColour ? this.channel : 0);
  }

  // Show the numbers of one channel.
  choose(channel) {
    this.channel = channel;
    this.cells = this.pixels.map((values) => this.cell(values[channel]));
    this.table.replaceChildren(...rows(this.cells, this.edge));
    const which = this.isColour ? `${CHANNELS[channel].toLowerCase()} values` : 'pixel values';
    const label = `The ${this.edge} x ${this.edge} ${which} of ${this.name}; arrow keys move between them`;
    this.table.setAttribute('aria-label', label);
    this.root.querySelector('.channels').replaceChildren(...this.buttons());
    this.point(this.at);
  }

  buttons() {
    if (!this.isColour) return [];
    return CHANNELS.map((name, channel) => {
      const button = make('button', { type: 'button' }, name);
      button.setAttribute('aria-pressed', channel === this.channel);
      button.onclick = () => {
        this.choose(channel);
        this.root.querySelectorAll('.channels button')[channel].focus();
      };
      return button;
    });
  }

  // A number on its own grey, or red, green or blue, in a grey that can be read there.
  cell(value) {
    const element = make('td', { className: value ? '' : 'zero' }, value);
    const parts = [0, 1, 2].map((part) => (this.isColour && part !== this.channel ? 0 : value));
    element.style.background = colour(parts);
    if (value) element.style.color = this.ink(value);
    return element;
  }

  ink(value) {
    if (this.isColour) return value < 200 || this.channel === 2 ? 'white' : 'black';
    const grey = value < 118 ? Math.min(255, Math.max(150, value + 140)) : 0;
    return colour([grey, grey, grey]);
  }

  point(x) {
    this.cells[this.at]?.classList.remove('at');
    this.cells[x].classList.add('at');
    this.at = x;
    this.describe(x);
  }

  walk(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.edge, ArrowDown: this.edge };
    const next = this.at + (steps[event.key] ?? NaN);
    if (!this.cells[next]) return;
    event.preventDefault();
    this.point(next);
    this.cells[next].scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  under(event) {
    const box = this.canvas.getBoundingClientRect();
    const place = (offset, size) =>
      Math.min(this.edge - 1, Math.max(0, Math.floor((this.edge * offset) / size)));
    const row = place(event.clientY - box.top, box.height);
    return this.edge * row + place(event.clientX - box.left, box.width);
  }

  // Frame the pixel in the image, and write its row, column and value.
  describe(x) {
    const i = Math.floor(x / this.edge);
    const j = x % this.edge;
    const mark = this.root.querySelector('.mark');
    mark.style.left = `${(100 * j) / this.edge}%`;
    mark.style.top = `${(100 * i) / this.edge}%`;
    const value = this.isColour ? 'red, green, blue' : 'value';
    this.root.querySelector('output').innerHTML =
      `Row i = ${i}, column j = ${j}, ${value} <b>${this.pixels[x].join(', ')}</b><br>` +
      `Pixel x = ${this.edge} i + j = ${this.edge} · ${i} + ${j} = <b>${x}</b>`;
  }
}

function draw(canvas, pixels, edge) {
  canvas.width = canvas.height = edge;
  const pen = canvas.getContext('2d');
  const drawn = pen.createImageData(edge, edge);
  for (const [x, [red, green = red, blue = red]] of pixels.entries())
    drawn.data.set([red, green, blue, 255], 4 * x);
  pen.putImageData(drawn, 0, 0);
}

function colour(parts) {
  return `rgb(${parts.join(' ')})`;
}

function rows(cells, edge) {
  const indices = [...Array(edge).keys()];
  const head = make('tr', {}, make('th', {}, 'i \\ j'), ...indices.map((j) => make('th', {}, j)));
  const row = (i) => make('tr', {}, make('th', {}, i), ...cells.slice(edge * i, edge * (i + 1)));
  return [head, ...indices.map(row)];
}
