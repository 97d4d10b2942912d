"""A network drawn as boxes, one per layer, in the order in which an image passes them."""

import html
import math
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from fmnist.app.shared import styles
from fmnist.data.dataset import Form
from fmnist.runs.fields import Layer

KINDS = {  # how each type of layer is coloured; others are grey
    "Conv": "maps",
    "Depthwise": "maps",
    "Separable": "maps",
    "MaxPooling": "pool",
    "AveragePooling": "pool",
    "GlobalAveragePooling": "pool",
    "Dense": "dense",
}
STYLE = Path(__file__).with_suffix(".css")
EDGE = 52  # pixels of the drawing of a layer's shape
SHEETS = 3  # squares in a stack of maps


def layer_graph(layers: Sequence[Layer], form: Form) -> None:
    """Draw the layers; on a narrow screen they wrap into more rows.

    Args:
        layers: as `export.layer_table` gives them.
        form: of the images.
    """
    image: Layer = {"name": "", "type": "Image", "output_shape": [*form.shape], "parameters": 0}
    shown = [image, *(layer for layer in layers if layer["type"] != "InputLayer")]
    places = {layer["name"]: place for place, layer in enumerate(shown)}
    boxes = "".join(  # the input layer is the image
        _box(layer, sorted(places.get(name, 0) for name in layer.get("inputs", ())))
        for layer in shown
    )
    numbered = "numbered" if any("inputs" in layer for layer in shown) else ""
    styles.apply(STYLE)
    st.html(f'<ol start="0" class="layers {numbered}">{boxes}</ol>')


def _box(layer: Layer, joined: list[int]) -> str:
    """A layer; with the numbers of the boxes that lead to it, where it is not the one before."""
    kind = next((kind for start, kind in KINDS.items() if layer["type"].startswith(start)), "")
    shape = " × ".join(map(str, layer["output_shape"]))
    count = f"{layer['parameters']:,} parameters" if layer["parameters"] else ""
    if joined:
        count = f"from {' and '.join(map(str, joined))}<br>{count}"
    return (
        f'<li class="{kind}">{_drawing(layer["output_shape"])}'
        f"<b>{html.escape(layer['type'])}</b>{shape}<br>{count}</li>"
    )


def _drawing(shape: list[int]) -> str:
    """Maps by their height and width, in pixels; a row of numbers by the logarithm of how many."""
    if len(shape) >= 2:
        height, width = (min(size, 32) * 1.3 for size in shape[:2])
        sheets = SHEETS if len(shape) > 2 and shape[2] > 1 else 1
    else:
        height, width, sheets = 4 + 3.5 * math.log2(max(shape[0], 1)), 7, 1
    apart = 1.5 + height / 15
    left, top = ((EDGE - size - (sheets - 1) * apart) / 2 for size in (width, height))
    squares = "".join(
        f'<div style="left:{left + number * apart:.1f}px;width:{width:.1f}px;height:{height:.1f}px;'
        f'top:{top + (sheets - 1 - number) * apart:.1f}px"></div>'
        for number in reversed(range(sheets))
    )
    return f'<div class="shape" aria-hidden="true">{squares}</div>'
