// An image beside its pixel values; pointing at either marks the same pixel in both.

import { make } from './elements.js';

const EDGE = 28;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -EDGE, ArrowDown: EDGE };

export default function ({ data, parentElement }) {
  const { pixels, name } = data;
  const canvas = parentElement.querySelector('canvas');
  const table = parentElement.querySelector('table');
  draw(canvas, pixels);
  canvas.setAttribute('aria-label', name);
  table.setAttribute(
    'aria-label',
    `The 28 x 28 pixel values of ${name}; arrow keys move between them`,
  );
  const cells = pixels.map(cell);
  table.replaceChildren(...rows(cells));

  let at = 0;
  const point = (x) => {
    cells[at].classList.remove('at');
    cells[x].classList.add('at');
    at = x;
    describe(parentElement, x, pixels[x]);
  };
  table.onpointermove = table.onclick = (event) => {
    const x = cells.indexOf(event.target);
    if (x >= 0) point(x);
  };
  canvas.onpointermove = canvas.onclick = (event) => point(pixelAt(canvas, event));
  table.onkeydown = (event) => {
    const next = at + (STEPS[event.key] ?? NaN);
    if (!cells[next]) return;
    event.preventDefault();
    point(next);
    cells[next].scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  point((EDGE / 2) * EDGE + EDGE / 2);
}

function draw(canvas, pixels) {
  const pen = canvas.getContext('2d');
  const drawn = pen.createImageData(EDGE, EDGE);
  for (const [x, value] of pixels.entries()) drawn.data.set([value, value, value, 255], 4 * x);
  pen.putImageData(drawn, 0, 0);
}

// A number on its own grey, in a grey that can be read there.
function cell(value) {
  const element = make('td', { className: value ? '' : 'zero' }, value);
  element.style.background = grey(value);
  const ink = value < 118 ? Math.min(255, Math.max(150, value + 140)) : 0;
  if (value) element.style.color = grey(ink);
  return element;
}

function grey(value) {
  return `rgb(${value} ${value} ${value})`;
}

function rows(cells) {
  const indices = [...Array(EDGE).keys()];
  const head = make('tr', {}, make('th', {}, 'i \\ j'), ...indices.map((j) => make('th', {}, j)));
  const row = (i) => make('tr', {}, make('th', {}, i), ...cells.slice(EDGE * i, EDGE * (i + 1)));
  return [head, ...indices.map(row)];
}

function pixelAt(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const place = (offset, size) =>
    Math.min(EDGE - 1, Math.max(0, Math.floor((EDGE * offset) / size)));
  const row = place(event.clientY - box.top, box.height);
  return EDGE * row + place(event.clientX - box.left, box.width);
}

// Frame the pixel in the image, and write its row, column and value.
function describe(root, x, value) {
  const i = Math.floor(x / EDGE);
  const j = x % EDGE;
  const mark = root.querySelector('.mark');
  mark.style.left = `${(100 * j) / EDGE}%`;
  mark.style.top = `${(100 * i) / EDGE}%`;
  root.querySelector('output').innerHTML =
    `Row i = ${i}, column j = ${j}, value <b>${value}</b><br>` +
    `Pixel x = 28 i + j = 28 · ${i} + ${j} = <b>${x}</b>`;
}
