"""The view Calibration: is a model with 80% confidence correct in 80 of 100 cases?"""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from fmnist.analysis import metrics
from fmnist.analysis.metrics import Reliability
from fmnist.app.shared import colours, widgets
from fmnist.app.shared.glossary import term
from fmnist.app.shared.predictions import load_predictions
from fmnist.runs.run import Run

EXPLANATION = (
    f"Each bar is a group of images with similar {term('confidence')}; its height is their {term('accuracy')}, and its point "
    "marks their mean confidence. On the dotted line accuracy equals confidence; below it the model is "
    "overconfident. Numbers count images."
)


def show(run: Run) -> None:
    """The reliability diagram and its figures."""
    predictions = load_predictions(run)
    probabilities = predictions.probabilities.astype(np.float32)
    found = metrics.reliability(probabilities, predictions.labels)
    error = metrics.calibration_error(probabilities, predictions.labels)
    with st.container(horizontal=True):
        st.metric("Accuracy", f"{predictions.accuracy:.1%}")
        st.metric("Mean confidence", f"{probabilities.max(axis=1).mean():.1%}")
        st.metric(
            "Expected calibration error",
            f"{error:.1%}",
            help="The mean distance of the points from the line, weighted by the number of images (arXiv 1706.04599).",
        )
    st.caption(EXPLANATION)
    show_diagram(found)
    widgets.download(
        "Diagram", lambda: table(found).to_csv(index=False), f"{run.name}-calibration.csv"
    )


def table(found: Reliability) -> pd.DataFrame:
    """The diagram's figures, a row a bin."""
    return pd.DataFrame(
        {
            "from": found.edges[:-1],
            "to": found.edges[1:],
            "images": found.count,
            "confidence": found.confidence,
            "accuracy": found.accuracy,
        }
    ).round(4)


def in_words(found: Reliability) -> str:
    """The diagram for those who do not see it."""
    bins = ", ".join(
        f"{accuracy:.0%} at confidence {confidence:.0%}"
        for accuracy, confidence, count in zip(
            found.accuracy, found.confidence, found.count, strict=True
        )
        if count
    )
    return f"Reliability diagram, accuracy over confidence: {bins}."


def show_diagram(found: Reliability) -> None:
    """Accuracy over confidence, and the line where the two are equal."""
    middles = (found.edges[:-1] + found.edges[1:]) / 2
    words = "%{customdata[0]:,} images: confidence %{customdata[1]:.1%}, accuracy %{y:.1%}<extra></extra>"
    accuracy = go.Bar(
        x=middles,
        y=found.accuracy,
        width=np.diff(found.edges) * 0.92,
        marker_color=colours.teal(),
        opacity=0.75,
        customdata=np.stack([found.count, found.confidence], axis=1),
        text=[f"{count:,}" if count else "" for count in found.count],
        textposition="inside",
        insidetextanchor="start",
        textfont_color=colours.ink(),
        hovertemplate=words,
    )
    means = go.Scatter(
        x=found.confidence,
        y=found.accuracy,
        mode="markers",
        marker_color=colours.MAGENTA,
        hoverinfo="skip",
    )
    equal = go.Scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"dash": "dot", "color": colours.amber()},
        hoverinfo="skip",
    )
    figure = go.Figure([accuracy, equal, means])
    figure.update_layout(
        height=380, margin={"l": 0, "r": 0, "t": 30, "b": 0}, showlegend=False, bargap=0
    )
    axis = {"tickformat": ".0%", "fixedrange": True, "zeroline": False}
    figure.update_xaxes(title="confidence", range=[0, 1.01], **axis)
    figure.update_yaxes(title="accuracy", range=[0, 1.06], **axis)
    st.plotly_chart(
        figure,
        key="mistakes.calibration",
        config={"displaylogo": False},
        alt=in_words(found),
    )
