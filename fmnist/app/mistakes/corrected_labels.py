"""Labels that were marked wrong and corrected: a data set with them, to train on."""

import streamlit as st

from fmnist.app.shared import datasets, pages, widgets
from fmnist.data import library
from fmnist.data.dataset import DataSet
from fmnist.runs import annotations

NEXT = "mistakes.corrected"


def show(dataset: DataSet) -> None:
    """How many labels were corrected, and a button that makes a data set of them and opens the Train page."""
    corrections = annotations.corrections(dataset)
    count = sum(map(len, corrections.values()))
    if not count:
        st.caption(
            "To correct a label, mark it wrong and choose the right class. Then you can train on the corrected labels."
        )
        return
    st.caption(
        f"{widgets.counted(count, 'labels')} corrected. A data set with the corrected labels records the difference; "
        f"{dataset.name} itself is not changed."
    )
    if st.button("Train on the corrected labels", icon=":material/label:", key=NEXT):
        made = library.relabel(dataset, corrections)
        datasets.show_next(made.name)
        st.switch_page(pages.path_of("train"), query_params={"data": made.name})
