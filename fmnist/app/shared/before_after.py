"""What further training changed: accuracy on the test sets of both data sets, before and after."""

import pandas as pd
import streamlit as st

from fmnist.runs.fields import Result


def show(result: Result) -> None:
    """A row a test set, with the figures side by side; nothing for a run without pretrained weights."""
    before, after = result.get("before", {}), result.get("after", {})
    names = [name for name in after if name in before]
    if not names:
        return
    was, now = ([100 * scores[name]["accuracy"] for name in names] for scores in (before, after))
    change = [b - a for a, b in zip(was, now, strict=True)]
    st.caption("Before: the run whose weights this one started with. After: this run.")
    st.dataframe(
        pd.DataFrame({"Test set": names, "Before": was, "After": now, "Change": change}),
        hide_index=True,
        width="content",
        column_config={
            "Before": st.column_config.NumberColumn(format="%.2f%%"),
            "After": st.column_config.NumberColumn(format="%.2f%%"),
            "Change": st.column_config.NumberColumn(format="%+.2f", help="In percentage points."),
        },
    )
