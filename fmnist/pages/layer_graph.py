"""A network drawn as boxes, one a layer, in the order in which a picture passes them."""

import html
import math
from typing import Any

import streamlit as st

KINDS = {  # how each type of layer is coloured; others are grey
    "Conv": "maps",
    "Depthwise": "maps",
    "Separable": "maps",
    "MaxPooling": "pool",
    "AveragePooling": "pool",
    "GlobalAveragePooling": "pool",
    "Dense": "dense",
}
# A layer's shape: maps as a stack of squares as wide as they are, numbers in a row as a bar.
STYLE = """
<style>
.layers { display: flex; flex-wrap: wrap; gap: 10px 22px; margin: 0.5rem 0; padding: 0; list-style: none; }
.layers li { position: relative; width: 112px; padding: 8px 6px; border-radius: 8px; margin: 0;
  font-size: 12px; line-height: 1.35; text-align: center; background: rgba(128, 128, 148, 0.12);
  border: 1px solid rgba(128, 128, 148, 0.35); }
.layers li + li::before { content: "→"; position: absolute; left: -19px; top: 50%;
  transform: translateY(-50%); font-size: 15px; opacity: 0.6; }
.layers .maps { background: rgba(99, 102, 241, 0.16); border-color: rgba(99, 102, 241, 0.6); }
.layers .pool { background: rgba(13, 148, 136, 0.16); border-color: rgba(13, 148, 136, 0.6); }
.layers .dense { background: rgba(217, 119, 6, 0.16); border-color: rgba(217, 119, 6, 0.6); }
.layers b { display: block; overflow-wrap: anywhere; }
.layers .shape { display: flex; height: 44px; align-items: center; justify-content: center; }
.layers .shape i { display: block; border: 1px solid currentColor; border-radius: 2px; opacity: 0.75; }
.layers .shape .stack { box-shadow: 3px -3px 0 -1px rgba(128, 128, 148, 0.5), 4px -4px 0 -1px currentColor,
  7px -7px 0 -1px rgba(128, 128, 148, 0.4), 8px -8px 0 -1px currentColor; transform: translate(-4px, 4px); }
</style>
"""


def layer_graph(layers: list[dict[str, Any]]) -> None:
    """Draw the layers; on a narrow screen they go on in the next line.

    Args:
        layers: as `exporting.layer_table` gives them.
    """
    picture = {"type": "Picture", "output_shape": [28, 28], "parameters": 0}
    boxes = "".join(_box(layer) for layer in (picture, *layers) if layer["type"] != "InputLayer")
    st.html(f'{STYLE}<ol class="layers">{boxes}</ol>')


def _box(layer: dict[str, Any]) -> str:
    kind = next((kind for start, kind in KINDS.items() if layer["type"].startswith(start)), "")
    shape = " × ".join(map(str, layer["output_shape"]))
    count = f"{layer['parameters']:,} parameters" if layer["parameters"] else "&nbsp;"
    return (
        f'<li class="{kind}"><span class="shape">{_shape(layer["output_shape"])}</span>'
        f"<b>{html.escape(layer['type'])}</b>{shape}<br>{count}</li>"
    )


def _shape(shape: list[int]) -> str:
    """Maps by their height and width, in pixels; a row of numbers by the logarithm of how many."""
    if len(shape) >= 2:
        stacked = ' class="stack"' if len(shape) == 3 and shape[2] > 1 else ""
        return f'<i{stacked} style="height:{shape[0]}px;width:{shape[1]}px"></i>'
    return f'<i style="height:{4 + 3 * math.log2(max(shape[0], 1)):.0f}px;width:6px"></i>'
