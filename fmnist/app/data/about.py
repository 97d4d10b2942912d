"""What a data set is: how many images of which form, where they came from, what was left out."""

from typing import Any

import pandas as pd
import streamlit as st

from fmnist.app.shared import widgets
from fmnist.app.shared.glossary import term
from fmnist.data import fashion_mnist, library, overview
from fmnist.data.dataset import SPLITS, DataSet

from . import preview
from .framings import FRAMINGS

MOST_ROWS = 8  # of a table that does not scroll


def show(dataset: DataSet) -> None:
    """A paragraph, and the rest in an expander."""
    training, test = dataset.training_images, dataset.test_images
    st.markdown(
        f"**{training + test:,} images** in **{dataset.classes} {term('classes')}**, each {dataset.form}. "
        f"Networks learn from the {training:,} {term('training images')}. The other {test:,}, the {term('test set')}, "
        "measure how well a network classifies images that it was not trained on."
    )
    with st.expander("Where it comes from, and its images by class", key="data.about"):
        st.markdown(_facts(dataset))
        _show_notes(library.notes(dataset.name))
        table = counts(dataset)
        st.dataframe(table, hide_index=True, height=300 if dataset.classes > MOST_ROWS else "auto")


def _facts(dataset: DataSet) -> str:
    facts = {
        "Source": dataset.origin
        if dataset == fashion_mnist.DATASET
        else widgets.plain(dataset.origin),
        "Form": f"{dataset.form}; {FRAMINGS[dataset.framing]}",
        "SHA-256": f"`{dataset.digest[:16]}…` of class names, images and labels",
    }
    return "\n".join(f"- {name}: {fact}" for name, fact in facts.items() if fact)


def _show_notes(notes: dict[str, Any]) -> None:
    """What was left out or assumed when it was added, or which labels were corrected."""
    if sentences := notes.get("sentences"):
        st.markdown("When it was added:\n" + preview.bullets(map(str, sentences)))
    if corrections := notes.get("corrections"):
        st.markdown(f"{widgets.counted(len(corrections), 'corrected labels')}:")
        st.dataframe(pd.DataFrame(corrections), hide_index=True, height=200)


@st.cache_data(max_entries=8, show_spinner=False)
def counts(dataset: DataSet) -> pd.DataFrame:
    """A row a class: its name and how many images it has in each split."""
    by_split = {
        title: overview.class_counts(dataset.load(split)[1], dataset.classes)
        for split, title in zip(SPLITS, ("Training", "Test"), strict=True)
    }
    return pd.DataFrame({"Class": dataset.class_names, **by_split})
