"""A gallery of thumbnails that are buttons, quick with hundreds: one sprite, one component."""

import base64
import io

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
button:hover, button:focus-visible { border-color: var(--st-primary-color); outline: none;
  box-shadow: 0 0 0 1px var(--st-primary-color); }
.picture { width: 64px; height: 64px; margin-bottom: 4px; image-rendering: pixelated;
  border-radius: 4px; }
"""

# A short address: a whole picture in the style of each button takes the browser long to read.
ADDRESS_OF = """
const addresses = new WeakMap();
function addressOf(owner, picture) {
  URL.revokeObjectURL(addresses.get(owner));
  const content = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  addresses.set(owner, URL.createObjectURL(new Blob([content], { type: 'image/png' })));
  return addresses.get(owner);
}
"""

JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const gallery = parentElement.querySelector('.gallery');
  const sprite = addressOf(gallery, data.sprite);
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
    button.onclick = () => setTriggerValue('clicked', id);
    return button;
  });
  gallery.replaceChildren(...buttons);
}
"""

_component = st.components.v2.component(
    "fmnist_gallery", html='<div class="gallery"></div>', css=CSS, js=ADDRESS_OF + JS
)


def gallery(
    images: np.ndarray, ids: list, captions: list[str], key: str, names: list[str]
) -> int | str | None:
    """Show thumbnails with captions.

    Args:
        images: (N, S, S) or (N, S, S, 3) uint8.
        ids: what a click on each returns.
        captions: a short text under each.
        key: the widget's key.
        names: what a screen reader says of each.

    Returns:
        The id of the thumbnail that was just clicked, else None.
    """
    picture, columns, _ = sprite(images)
    data = {"sprite": picture, "columns": columns}
    data |= {"ids": ids, "captions": captions, "names": names}
    return _component(data=data, key=key, on_clicked_change=lambda: None).clicked


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
