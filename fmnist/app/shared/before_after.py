"""What further training changed: accuracy on the test sets of both data sets, before and after."""

import pandas as pd
import streamlit as st

from fmnist.runs.fields import Result, Scores

WHY_EMPTY = (
    " Empty: a network cannot be tested with classes or a form of images that it was not made for."
)


def show(result: Result) -> None:
    """A row a test set, with the figures side by side; nothing for a run without pretrained weights."""
    before, after = result.get("before", {}), result.get("after", {})
    names = list(before | after)
    if not names:
        return
    shown = pd.DataFrame(
        {
            "Test set": names,
            "Before": [_percent(before, name) for name in names],
            "After": [_percent(after, name) for name in names],
        }
    )
    shown["Change"] = shown["After"] - shown["Before"]
    empty = WHY_EMPTY if shown["Change"].isna().any() else ""
    st.caption(
        f"Test accuracy before, of the run whose weights this one started with, and after.{empty}"
    )
    percent = st.column_config.NumberColumn(format="%.2f%%")
    points = st.column_config.NumberColumn(format="%+.2f", help="In percentage points.")
    st.dataframe(
        shown,
        hide_index=True,
        width="content",
        placeholder="",
        column_config={"Before": percent, "After": percent, "Change": points},
    )


def _percent(scores: dict[str, Scores], name: str) -> float | None:
    return 100 * scores[name]["accuracy"] if name in scores else None
