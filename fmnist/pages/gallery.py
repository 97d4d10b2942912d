"""A gallery of thumbnails that are buttons, quick with hundreds: one sprite, one component."""

import base64
import io
from collections.abc import Callable

import numpy as np
import streamlit as st
from PIL import Image

COLUMNS = 32  # thumbnails in a row of the sprite, at most

CSS = """
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(92px, 1fr)); gap: 8px; }
button {
  padding: 6px; border: 1px solid var(--st-border-color); border-radius: 8px; cursor: pointer;
  background: var(--st-secondary-background-color); color: var(--st-text-color);
  font: 12px/1.3 var(--st-font); text-align: center;
  display: flex; flex-direction: column; align-items: center;
}
button:disabled { cursor: default; }
button:enabled:hover, button:focus-visible, button[aria-current] { border-color: var(--st-primary-color); outline: none;
  box-shadow: 0 0 0 1px var(--st-primary-color); }
.picture { width: 64px; height: 64px; margin-bottom: 4px; image-rendering: pixelated;
  border-radius: 4px; }
"""

# A short address: a whole picture in the style of each button takes the browser long to read.
ADDRESS_OF = """
const addresses = new WeakMap();
function addressOf(owner, picture) {
  const known = addresses.get(owner);
  if (known?.picture === picture) return known.address;
  if (known) URL.revokeObjectURL(known.address);
  const content = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([content], { type: 'image/png' }));
  addresses.set(owner, { picture, address });
  return address;
}
"""

JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const gallery = parentElement.querySelector('.gallery');
  const sprite = addressOf(gallery, data.sprite);
  const toTop = () => document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0);
  const buttons = data.ids.map((id, place) => {
    const button = document.createElement('button');
    const picture = document.createElement('div');
    picture.className = 'picture';
    picture.style.backgroundImage = `url(${sprite})`;
    picture.style.backgroundSize = `${64 * data.columns}px auto`;
    const row = Math.floor(place / data.columns), column = place % data.columns;
    picture.style.backgroundPosition = `${-64 * column}px ${-64 * row}px`;
    button.append(picture, data.captions[place].replaceAll('-', '\\u2011'));
    button.setAttribute('aria-label', data.names[place]);
    button.disabled = data.still;
    if (id === data.chosen) button.setAttribute('aria-current', 'true');
    button.onclick = () => { setTriggerValue('clicked', id); if (data.to_top) toTop(); };
    return button;
  });
  gallery.replaceChildren(...buttons);
}
"""

_component = st.components.v2.component(
    "fmnist_gallery", html='<div class="gallery"></div>', css=CSS, js=ADDRESS_OF + JS
)


def gallery(
    images: np.ndarray,
    ids: list,
    captions: list[str],
    key: str,
    names: list[str],
    on_click: Callable[[], None] | None = None,
    chosen: int | str | None = None,
    to_top: bool = False,
    still: bool = False,
) -> int | str | None:
    """Show thumbnails with captions.

    Args:
        images: (N, S, S) or (N, S, S, 3) uint8.
        ids: what a click on each returns.
        captions: a short text under each.
        key: the widget's key.
        names: what a screen reader says of each.
        on_click: called before the page runs again; `clicked(key)` tells it what was clicked.
        chosen: the id of the thumbnail that has a frame.
        to_top: whether a click takes the visitor to the top of the page.
        still: whether they are pictures only, not to be clicked.

    Returns:
        The id of the thumbnail that was just clicked, else None.
    """
    picture, columns, _ = sprite(images)
    data = {"sprite": picture, "columns": columns}
    data |= {"ids": ids, "captions": captions, "names": names}
    data |= {"chosen": chosen, "to_top": to_top, "still": still}
    return _component(data=data, key=key, on_clicked_change=on_click or (lambda: None)).clicked


def clicked(key: str) -> int | str | None:
    """What was just clicked in the gallery of that key, for its `on_click`."""
    return st.session_state[key].clicked


@st.cache_data(max_entries=16, show_spinner=False)
def sprite(images: np.ndarray) -> tuple[str, int, int]:
    """All pictures side by side in one PNG, in base64; its columns and rows."""
    columns = min(COLUMNS, len(images))
    missing = -len(images) % columns
    padded = np.pad(images, ((0, missing), *[(0, 0)] * (images.ndim - 1)))
    rows = [np.concatenate(list(row), axis=1) for row in np.split(padded, len(padded) // columns)]
    file = io.BytesIO()
    Image.fromarray(np.concatenate(rows)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode(), columns, len(rows)
