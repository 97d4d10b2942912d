"""A picture beside the 28 x 28 numbers that it is; whoever points at either sees which is which."""

import numpy as np
import streamlit as st

CSS = """
.both { display: flex; flex-wrap: wrap; gap: 20px; font-family: var(--st-font); }
.left { flex: 1 1 250px; max-width: 400px; min-width: 0; }
.large { position: relative; border-radius: 8px; overflow: hidden; line-height: 0; }
canvas { width: 100%; image-rendering: pixelated; }
.mark { position: absolute; width: calc(100% / 28); height: calc(100% / 28);
  outline: 2px solid #f59e0b; border-radius: 1px; pointer-events: none; }
output { display: block; margin-top: 10px; font-size: 15px; line-height: 1.6;
  font-variant-numeric: tabular-nums; }
output b { color: var(--st-primary-color); }
.right { flex: 0 1 auto; min-width: 0; max-width: 100%; overflow: auto; }
table { border-collapse: collapse; cursor: crosshair;
  font: 10px/1 ui-monospace, Menlo, Consolas, monospace; }
td, th { width: 22px; min-width: 22px; height: 18px; padding: 0; text-align: center; }
th { font-weight: 400; white-space: nowrap; background: var(--st-background-color);
  color: color-mix(in srgb, var(--st-text-color) 70%, transparent); }
th:first-child { position: sticky; left: 0; z-index: 1; min-width: 30px; }
.at { outline: 2px solid #f59e0b; outline-offset: -1px; }
table:focus-visible { outline: 2px solid var(--st-primary-color); }
"""

HTML = """
<div class="both">
  <div class="left">
    <div class="large"><canvas width="28" height="28" role="img"></canvas>
      <div class="mark"></div></div>
    <output></output>
  </div>
  <div class="right"><table tabindex="0"></table></div>
</div>
"""

JS = """
export default function ({ data, parentElement }) {
  const find = (selector) => parentElement.querySelector(selector);
  const canvas = find('canvas'), table = find('table'), mark = find('.mark');
  const { pixels, name } = data;
  const pen = canvas.getContext('2d'), drawn = pen.createImageData(28, 28);
  pixels.forEach((value, x) => drawn.data.set([value, value, value, 255], 4 * x));
  pen.putImageData(drawn, 0, 0);
  canvas.setAttribute('aria-label', name);
  table.setAttribute('aria-label', `The 28 x 28 numbers of ${name}; arrow keys go through them`);

  const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const row = (...cells) => {
    const element = document.createElement('tr');
    element.append(...cells);
    return element;
  };
  const indices = [...Array(28).keys()];
  const cells = pixels.map((value) => {
    const element = cell('td', value);
    const ink = value < 118 ? Math.min(255, Math.max(150, value + 140)) : 0;
    element.style.background = `rgb(${value} ${value} ${value})`;
    element.style.color = value ? `rgb(${ink} ${ink} ${ink})` : '#777';
    return element;
  });
  table.replaceChildren(
    row(cell('th', 'i \\\\ j'), ...indices.map((j) => cell('th', j))),
    ...indices.map((i) => row(cell('th', i), ...cells.slice(28 * i, 28 * i + 28))));

  let at = 0;
  const point = (x) => {
    cells[at].className = '';
    at = x;
    cells[x].className = 'at';
    const i = Math.floor(x / 28), j = x % 28;
    mark.style.left = `${100 * j / 28}%`;
    mark.style.top = `${100 * i / 28}%`;
    find('output').innerHTML = `Row i = ${i}, column j = ${j}, value <b>${pixels[x]}</b><br>` +
      `Pixel x = 28 i + j = 28 · ${i} + ${j} = <b>${x}</b>`;
  };
  table.onpointermove = table.onclick = (event) => {
    const x = cells.indexOf(event.target);
    if (x >= 0) point(x);
  };
  canvas.onpointermove = canvas.onclick = (event) => {
    const box = canvas.getBoundingClientRect();
    const place = (offset, size) => Math.min(27, Math.max(0, Math.floor(28 * offset / size)));
    point(28 * place(event.clientY - box.top, box.height)
      + place(event.clientX - box.left, box.width));
  };
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -28, ArrowDown: 28 };
  table.onkeydown = (event) => {
    const next = at + (steps[event.key] ?? NaN);
    if (!cells[next]) return;
    event.preventDefault();
    point(next);
    cells[next].scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  point(28 * 14 + 14);
}
"""

_component = st.components.v2.component("fmnist_pixels", html=HTML, css=CSS, js=JS)


def pixels(picture: np.ndarray, name: str, key: str) -> None:
    """Show a picture, (28, 28) uint8, and its numbers; `name` is what a screen reader says."""
    _component(data={"pixels": picture.ravel().tolist(), "name": name}, key=key)
