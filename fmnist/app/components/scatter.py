"""A map of thousands of pictures as points that are clicked, and that fly when the map changes."""

import base64

import numpy as np
import streamlit as st

from fmnist.data.labels import CLASS_NAMES

# The scheme Tableau 10: ten colours that can be told apart on a light and on a dark page.
# https://vega.github.io/vega/docs/schemes/#tableau10
COLOURS = (
    *("#4c78a8", "#f58518", "#e45756", "#72b7b2", "#54a24b"),
    *("#eeca3b", "#b279a2", "#ff9da6", "#9d755d", "#bab0ac"),
)

CSS = """
.all { font: 14px/1.4 var(--st-font); color: var(--st-text-color); }
.map { position: relative; max-width: clamp(320px, 100vh - 250px, 640px); aspect-ratio: 1; overflow: hidden;
  border: 1px solid var(--st-border-color); border-radius: 12px; }
canvas { position: absolute; inset: 0; width: 100%; height: 100%; cursor: crosshair; }
.place { position: absolute; transform: translate(-50%, -50%); pointer-events: none;
  font-size: 13px; font-weight: 600; white-space: nowrap; }
.tip { position: absolute; pointer-events: none; padding: 3px 8px; border-radius: 6px;
  font-size: 13px; white-space: nowrap; background: var(--st-text-color);
  color: var(--st-background-color); transform: translate(-50%, calc(-100% - 10px)); }
.legend { display: flex; flex-flow: row wrap; gap: 2px; margin-top: 8px; max-width: 640px; }
button { display: flex; align-items: center; gap: 6px; padding: 4px 8px; border-radius: 8px;
  border: 1px solid transparent; background: none; color: inherit; font: inherit; cursor: pointer; }
button:hover, button:focus-visible { border-color: var(--st-primary-color); outline: none; }
button[aria-pressed=true] { background: var(--st-secondary-background-color);
  border-color: var(--st-border-color); }
button i { width: 12px; height: 12px; border-radius: 50%; }
"""

HTML = """
<div class="all">
  <div class="map"><canvas role="img"></canvas><div class="places"></div>
    <div class="tip" hidden></div></div>
  <div class="legend" role="group" aria-label="Show one class alone"></div>
</div>
"""

JS = """
const FLIGHT = 900;  // milliseconds from the old map to the new
const NEAR = 14;     // pixels around a point within which it can be hit
const kept = new WeakMap();  // of each map on the page: where its points are, which class is alone

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export default function ({ data, parentElement, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector);
  const canvas = find('canvas'), tip = find('.tip'), pen = canvas.getContext('2d');
  const target = new Int16Array(bytes(data.places).buffer), labels = bytes(data.labels);
  const state = kept.get(parentElement) ?? { at: Float32Array.from(target), alone: null };
  kept.set(parentElement, state);
  canvas.setAttribute('aria-label', data.name);

  const size = () => canvas.clientWidth;
  const onScreen = () => {  // from where a point is to where it is drawn: (x, y) in pixels
    const middle = size() / 2, scale = middle / 32767 / 1.12;
    return (index) =>
      [middle + scale * state.at[2 * index], middle - scale * state.at[2 * index + 1]];
  };
  const shown = (index) => state.alone === null || labels[index] === state.alone;

  const draw = () => {
    const sharp = window.devicePixelRatio || 1;
    canvas.width = canvas.height = Math.round(size() * sharp);
    pen.scale(sharp, sharp);
    const radius = size() < 450 ? 1.4 : 1.9, place = onScreen();
    for (const visible of [false, true]) {  // the rest is behind the class that stands alone
      pen.globalAlpha = visible ? .8 : .08;
      for (let index = 0; index < labels.length; index++) {
        if (shown(index) !== visible) continue;
        pen.fillStyle = data.colours[labels[index]];
        pen.beginPath();
        pen.arc(...place(index), radius, 0, 7);
        pen.fill();
      }
    }
  };

  const fly = () => {
    cancelAnimationFrame(state.frame);
    const from = state.at.slice(), start = performance.now();
    const step = (now) => {
      const time = Math.min(1, Math.max(0, now - start) / FLIGHT);
      const part = time * time * (3 - 2 * time);
      for (let k = 0; k < target.length; k++) state.at[k] = from[k] + part * (target[k] - from[k]);
      draw();
      if (time < 1) state.frame = requestAnimationFrame(step);
    };
    state.frame = requestAnimationFrame(step);
  };

  const nearest = (event) => {
    const box = canvas.getBoundingClientRect();
    const place = onScreen();
    let best = null, least = NEAR;
    for (let index = 0; index < labels.length; index++) {
      if (!shown(index)) continue;
      const [x, y] = place(index);
      const away = Math.hypot(x - event.clientX + box.left, y - event.clientY + box.top);
      if (away < least) [best, least] = [index, away];
    }
    return best;
  };
  canvas.onpointermove = (event) => {
    const index = nearest(event);
    tip.hidden = index === null;
    if (index === null) return;
    tip.textContent = `${data.names[labels[index]]}, test image ${index}`;
    const [x, y] = onScreen()(index), half = tip.offsetWidth / 2;
    tip.style.left = `${Math.min(size() - half, Math.max(half, x))}px`;
    tip.style.top = `${Math.max(36, y)}px`;
  };
  canvas.onpointerleave = () => { tip.hidden = true; };
  canvas.onclick = (event) => {
    const index = nearest(event);
    tip.hidden = true;
    if (index !== null) setTriggerValue('clicked', index);
  };

  find('.places').replaceChildren(...data.class_places.map(([x, y], label) => {
    const element = document.createElement('span');
    element.className = 'place';
    element.textContent = data.names[label];
    element.style.left = `${(1 + .88 * x) * 50}%`;
    element.style.top = `${(1 - .93 * y) * 50}%`;
    return element;
  }));
  const buttons = data.names.map((name, label) => {
    const button = document.createElement('button'), dot = document.createElement('i');
    dot.style.background = data.colours[label];
    button.append(dot, name);
    button.onclick = () => {
      state.alone = state.alone === label ? null : label;
      press();
      draw();
    };
    return button;
  });
  const press = () => buttons.forEach(
    (button, label) => button.setAttribute('aria-pressed', state.alone === label));
  find('.legend').replaceChildren(...buttons);
  press();

  if (target.every((value, k) => value === state.at[k])) draw();
  else if (matchMedia('(prefers-reduced-motion: reduce)').matches) { state.at.set(target); draw(); }
  else fly();
  state.draw = draw;  // of the data that came last
  if (state.observer) return;
  state.observer = new ResizeObserver(() => state.draw());
  state.observer.observe(canvas);
}
"""

_component = st.components.v2.component("fmnist_scatter", html=HTML, css=CSS, js=JS)


def scatter(
    places: np.ndarray, labels: np.ndarray, class_places: np.ndarray, name: str, key: str
) -> int | None:
    """Show pictures as points in their class's colour.

    Args:
        places: (N, 2) float within -1 to 1, y up.
        labels: (N,) uint8.
        class_places: (10, 2) float, where the classes' names stand; empty for no names.
        name: what a screen reader says of the map.
        key: the widget's key; under the same key points fly from the old map to the new.

    Returns:
        The number of the point that was just clicked, else None.
    """
    whole = np.round(places * 32767).astype("<i2")
    data = {"places": _text(whole), "labels": _text(labels), "name": name, "colours": COLOURS}
    data |= {"names": CLASS_NAMES, "class_places": class_places.tolist()}
    return _component(data=data, key=key, on_clicked_change=lambda: None).clicked


def _text(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()
