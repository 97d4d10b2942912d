"""Two models of one data set, compared class by class."""

import altair as alt
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fmnist.analysis import metrics
from fmnist.app.shared import colours
from fmnist.app.shared.predictions import load_predictions
from fmnist.runs.run import Run

ROW = 16  # pixels of a class in the chart of differences, at least


def compare(first: Run, second: Run, place: DeltaGenerator) -> None:
    """Recall of each class by both, and their differences at that place."""
    both, dataset = (load_predictions(run) for run in (first, second)), first.dataset
    matrices = (
        metrics.confusion_matrix(predictions.labels, predictions.predicted, dataset.classes)
        for predictions in both
    )
    one, two = (100 * metrics.class_scores(matrix).recall for matrix in matrices)
    table = pd.DataFrame(
        {"class": dataset.class_names, "one": one, "two": two, "difference": two - one}
    )
    place.altair_chart(_differences(table), key="models.differences")
    st.header(f"{first.name} and {second.name}, by class", anchor=False)
    st.caption(
        "Recall: the share of a class's test images that the model classifies correctly. A bar to "
        f"the right: {second.name} is better; to the left: {first.name} is."
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        column_config={
            "class": "Class",
            "one": number(first.name, format="%.1f%%", help="Recall."),
            "two": number(second.name, format="%.1f%%", help="Recall."),
            "difference": number(
                "Difference", format="%+.1f", help=f"{second.name} less {first.name}."
            ),
        },
        hide_index=True,
        height="content",
        width="content",
    )


def _differences(table: pd.DataFrame) -> alt.Chart:
    """A bar a class, to the right where the second model is better."""
    edge = max(1, table["difference"].abs().max())
    bars: alt.Chart = (
        alt.Chart(table)
        .mark_bar(cornerRadius=3)
        .encode(
            x=alt.X(
                "difference:Q",
                title="difference in recall, in percentage points",
                scale=alt.Scale(domain=[-edge, edge]),
            ),
            y=alt.Y(
                "class:N",
                sort=table["class"].tolist(),
                title=None,
                axis=alt.Axis(ticks=False, labelOverlap=False, labelLimit=120),
            ),
            color=alt.condition(
                "datum.difference > 0", alt.value(colours.teal()), alt.value(colours.amber())
            ),
            tooltip=["class", alt.Tooltip("difference:Q", format="+.1f")],
        )
        .properties(
            height=max(260, ROW * len(table)),
            description="The difference in recall for each class, as in the table.",
        )
    )
    return bars
