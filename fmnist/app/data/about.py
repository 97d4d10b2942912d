"""What a data set is: how many images of which form, where they came from, what was left out."""

import pandas as pd
import streamlit as st

from fmnist.app.shared import widgets
from fmnist.data import overview
from fmnist.data.dataset import SPLITS, DataSet

from .framings import FRAMINGS


def show(dataset: DataSet) -> None:
    """A paragraph, and the rest in an expander."""
    training, test = dataset.training_images, dataset.test_images
    st.markdown(
        f"**{training + test:,} images** in **{dataset.classes} classes**, each {dataset.form}. "
        f"Networks learn from the {training:,} training images. The other {test:,}, the test set, "
        "measure how well a network classifies images that it was not trained on."
    )
    with st.expander("Where it comes from, and its images by class", key="data.about"):
        st.markdown(_origin(dataset))
        st.dataframe(
            counts(dataset), hide_index=True, height=300 if dataset.classes > 8 else "auto"
        )


def _origin(dataset: DataSet) -> str:
    facts = {
        "Source": dataset.origin if "://" in dataset.origin else widgets.plain(dataset.origin),
        "Form": f"{dataset.form}; {FRAMINGS[dataset.framing]}",
        "SHA-256": f"`{dataset.digest[:16]}…` of class names, images and labels",
    }
    return "\n".join(f"- {name}: {fact}" for name, fact in facts.items() if fact)


@st.cache_data(max_entries=8, show_spinner=False)
def counts(dataset: DataSet) -> pd.DataFrame:
    """A row a class: its name and how many images it has in each split."""
    by_split = {
        title: overview.class_counts(dataset.load(split)[1], dataset.classes)
        for split, title in zip(SPLITS, ("Training", "Test"), strict=True)
    }
    return pd.DataFrame({"Class": dataset.class_names, **by_split})
