"""Altair charts made cheaply: the form of a chart is built and checked once, only its rows change."""

import functools
from collections.abc import Callable, Hashable
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

Form = dict[str, Any]  # a Vega-Lite specification without rows

LARGE = {  # a configuration of Vega-Lite, for charts that are read from afar
    "axis": {"labelFontSize": 20, "titleFontSize": 20, "titlePadding": 16},
    "legend": {"labelFontSize": 20},
    "line": {"strokeWidth": 4},
    "text": {"fontSize": 20},
}
ROWS = alt.NamedData("rows")  # what stands for the rows in the chart that is built


def form(build: Callable[..., alt.Chart | alt.LayerChart | alt.FacetChart]) -> Callable[..., Form]:
    """For a function that builds a chart of `ROWS`: its form, built once for the same arguments.

    Altair takes some 10 ms of a processor to build a chart. Fields need their types ("epoch:Q"), as
    there are no rows yet.
    """

    @functools.lru_cache(maxsize=64)
    @functools.wraps(build)
    def built(*about: Hashable) -> Form:
        made = build(*about).to_dict()
        made.pop("config", None)  # Altair's own theme; Streamlit has another
        return made

    return built


def enlarged(drawn: Form) -> Form:
    """The same form, to be read from afar."""
    return drawn | {"config": LARGE}


def show(rows: pd.DataFrame, drawn: Form, key: str, words: str, **others: pd.DataFrame) -> None:
    """Draw the rows in that form; under the same key and with the same words a chart changes in place.

    Args:
        rows: of the chart.
        drawn: its form.
        key: its key.
        words: what it shows, for those who do not see it; with other words it is mounted again, which flickers.
        others: rows of the form's other named data.
    """
    chart = drawn | {"datasets": {ROWS.name: rows, **others}, "description": words}
    st.vega_lite_chart(chart, key=key)
