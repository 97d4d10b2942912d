"""A list of layers to change, move, add and remove, with the output and the cost of each."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from fmnist.networks.flops import megaflops
from fmnist.networks.layer_kinds import KINDS, Layer
from fmnist.networks.layer_list import Plan, Row

from .component import register

LONGEST = 80  # characters of a layer's text

_component = register("layer_editor")


def layer_editor(
    texts: Sequence[str],
    plan: Plan,
    presets: Mapping[str, Sequence[str]],
    key: str,
    on_change: Callable[[], None],
) -> None:
    """Show the editor.

    Args:
        texts: the layers, all options of each written out.
        plan: what is known of them: that of a network from the image to the last dense layer.
        presets: what one can start from, by its name.
        key: the widget's key.
        on_change: called before the page runs again; `received(key)` has the new texts.
    """
    data = {
        "kinds": {word: _kind(kind) for word, kind in KINDS.items()},
        "texts": list(texts),
        "figures": [_figures(row) for row in plan.rows[1:]],  # from the image on
        "at": plan.at,
        "problem": plan.problem,
        "total": _total(plan),
        "presets": {name: list(layers) for name, layers in presets.items()},
        "serial": st.session_state.get(_serial(key), 0),
    }
    _component(data=data, key=key, on_changed_change=on_change)


def received(key: str, most: int) -> list[str] | None:
    """The texts that the editor of that key has just sent, `most` at most; None if they are no such list."""
    match st.session_state[key].changed:
        case {"serial": int(serial), "texts": [*texts]} if len(texts) <= most:
            st.session_state[_serial(key)] = serial
            return [str(text)[:LONGEST].replace(",", " ") for text in texts]
    return None


def _serial(key: str) -> str:
    """Where the session keeps the number of the last message: an answer to an older one is out of date."""
    return f"{key}.serial"


def _kind(kind: type[Layer]) -> dict[str, object]:
    options = [
        {
            "label": each.label,
            "choices": each.choices,
            "default": str(each.default),
            "step": each.step,
        }
        for each in kind.options()
    ]
    return {"label": kind.label, "help": kind.help, "options": options}


def _figures(row: Row) -> list[str]:
    """Output, parameters and MFLOP of a layer as texts, empty where there are none."""
    cost = megaflops([row])
    return [
        " × ".join(f"{size:,}" for size in row["output_shape"]),
        f"{row['parameters']:,}" if row["parameters"] else "",
        f"{cost:,.2f}" if cost else "",
    ]


def _total(plan: Plan) -> str:
    parameters = sum(row["parameters"] for row in plan.rows)
    return f"{parameters:,} parameters, {megaflops(plan.rows):,.2f} MFLOP for one image"
