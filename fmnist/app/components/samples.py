"""A sample of each class: its mean image, and beside it three rows of pictures that are buttons."""

import numpy as np
import streamlit as st

from fmnist.data.labels import CLASS_NAMES

from .gallery import SPRITE_JS, sprite

ROWS, COLUMNS = 3, 12  # of pictures of each class

CSS = """
.classes { display: grid; gap: 24px 32px; font-family: var(--st-font);
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); }
section { display: grid; grid-template: "title title" "mean pictures" / 1fr 4fr;
  gap: 4px 12px; align-items: start; }
h3 { grid-area: title; align-self: center; margin: 0; font-size: 15px; font-weight: 600; }
h3 span { font-weight: 400; opacity: .65; margin-left: 8px; font-size: 13px; }
.mean { grid-area: mean; }
.pictures { grid-area: pictures; display: grid; grid-template-columns: repeat(12, 1fr); gap: 2px; }
.picture { aspect-ratio: 1; width: 100%; padding: 0; border: 0; border-radius: 3px;
  image-rendering: pixelated; background-color: #000; }
div.picture { border-radius: 6px; }
button { cursor: pointer; }
button:hover, button:focus-visible { outline: 2px solid var(--st-primary-color);
  outline-offset: 1px; position: relative; transform: scale(1.35); z-index: 1; }
@media (max-width: 640px) {
  section { grid-template: "mean title" "pictures pictures" / 48px 1fr;
    gap: 6px 10px; }
}
"""

JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const sprite = addressOf(parentElement, data.sprite);
  const make = (tag, className, ...content) => {
    const element = document.createElement(tag);
    element.className = className;
    element.append(...content);
    return element;
  };
  const picture = (tag, place) => {  // one of the sprite's, at whatever size
    const element = make(tag, 'picture');
    const row = Math.floor(place / data.columns), column = place % data.columns;
    element.style.backgroundImage = `url(${sprite})`;
    element.style.backgroundSize = `${100 * data.columns}% ${100 * data.rows}%`;
    element.style.backgroundPosition =
      `${100 * column / (data.columns - 1)}% ${100 * row / (data.rows - 1)}%`;
    return element;
  };
  const button = (id, place, label) => {
    const element = picture('button', place);
    element.setAttribute('aria-label', `Training image ${id}: ${data.names[label]}`);
    element.title = `Training image ${id}`;
    element.onclick = () => setTriggerValue('clicked', id);
    return element;
  };
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -12, ArrowDown: 12 };
  const walk = (event) => {  // Tab goes from class to class, arrows from picture to picture
    const all = [...event.currentTarget.children];
    const next = all[all.indexOf(event.target) + (steps[event.key] ?? NaN)];
    if (!next) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };
  const section = (ids, label) => {
    const first = 10 + label * ids.length;  // the ten mean images come first
    const buttons = ids.map((id, place) => button(id, first + place, label));
    buttons.forEach((element, place) => { element.tabIndex = place ? -1 : 0; });
    const pictures = make('div', 'pictures', ...buttons);
    pictures.onkeydown = walk;
    const mean = make('div', 'mean', picture('div', label));
    mean.setAttribute('role', 'img');
    mean.setAttribute('aria-label', `Mean image of ${data.names[label]}`);
    const title = make('h3', '', data.names[label], make('span', '', data.counts[label]));
    return make('section', '', title, mean, pictures);
  };
  parentElement.querySelector('.classes').replaceChildren(...data.ids.map(section));
}
"""

_component = st.components.v2.component(
    "fmnist_samples", html='<div class="classes"></div>', css=CSS, js=SPRITE_JS + JS
)


def samples(
    means: np.ndarray, images: np.ndarray, ids: np.ndarray, counts: list[str]
) -> int | None:
    """Show a sample of each class.

    Args:
        means: (10, 28, 28) uint8, the mean image of each class.
        images: (N, 28, 28) uint8, all training pictures.
        ids: (10, ROWS * COLUMNS) indices of those to show, a row a class.
        counts: how many pictures each class has, in words.

    Returns:
        The index of the picture that was just clicked, else None.
    """
    shown = np.concatenate([means, images[ids.ravel()]])
    picture, columns, rows = sprite(shown)
    data = {"sprite": picture, "columns": columns, "rows": rows, "ids": ids.tolist()}
    data |= {"names": CLASS_NAMES, "counts": counts}
    return _component(data=data, key="data.samples", on_clicked_change=lambda: None).clicked
