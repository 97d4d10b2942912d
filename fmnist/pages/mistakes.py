"""Mistakes: the test images that a model gets wrong, by true and predicted class."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from fmnist import datasets, evaluation
from fmnist.labels import CLASS_NAMES
from fmnist.pages import widgets
from fmnist.pages.gallery import gallery

ANY = "any class"
ORDERS = ("most confident first", "least confident first", "test set order")


def page() -> None:
    """The whole page."""
    title, model = st.columns([2, 1], vertical_alignment="bottom")
    with title:
        widgets.page_header(
            "Mistakes", "The test images that a model gets wrong. Is it at fault, or the label?"
        )
    with model:
        run = widgets.choose_model(about=False)
    if run:
        with widgets.errors_in_words():
            show_run(run)


def show_run(run: widgets.Run) -> None:
    """Accuracy, confusion matrix and gallery of one model."""
    probabilities, predicted = run.predictions()
    _, labels = datasets.load("test")
    summary, matrix = st.columns([2, 3], gap="large")
    with summary:
        show_summary(labels, predicted)
        true, taken_for, order = filters()
    with matrix:
        show_matrix(evaluation.confusion_matrix(labels, predicted))
    shown = select(labels, predicted, probabilities, true, taken_for, order)
    show_gallery(shown, labels, predicted, probabilities)


def show_summary(labels: np.ndarray, predicted: np.ndarray) -> None:
    """Accuracy and the number of mistakes."""
    with st.container(horizontal=True):
        st.metric("Test accuracy", f"{evaluation.accuracy(predicted, labels):.2%}")
        wrong = len(evaluation.mistakes(labels, predicted))
        st.metric(f"Mistakes in {len(labels):,}", f"{wrong:,}")


def filters() -> tuple[str, str, str]:
    """The choice of true class, predicted class and order; kept in the URL."""
    classes = (ANY, *CLASS_NAMES)
    true = st.selectbox("True class", classes, key="true", bind="query-params")
    taken_for = st.selectbox("Taken for", classes, key="predicted", bind="query-params")
    order = st.selectbox("Order", ORDERS, key="order", bind="query-params")
    return true, taken_for, order


def show_matrix(matrix: np.ndarray) -> None:
    """The confusion matrix: a click on a cell chooses its true and predicted class."""
    right = np.diag(np.diag(matrix))
    rows, columns = (axis.ravel() for axis in np.indices(matrix.shape))
    classes = [
        (CLASS_NAMES[row], CLASS_NAMES[column]) for row, column in zip(rows, columns, strict=True)
    ]
    # A heatmap gives no click events: invisible squares over its cells do.
    text = {"color": widgets.ink()}
    cells = go.Scatter(
        x=columns,
        y=rows,
        mode="markers+text",
        marker={"size": 30, "opacity": 0, "symbol": "square"},
        text=[str(count or "") for count in matrix.ravel()],
        textfont=text,
        unselected={"textfont": text, "marker": {"opacity": 0}},
        selected={"marker": {"opacity": 0}},
        customdata=classes,
        hovertemplate="%{customdata[0]} taken for %{customdata[1]}: %{text}<extra></extra>",
    )
    figure = go.Figure([_heat(matrix - right, "217, 119, 6"), _heat(right, "13, 148, 136"), cells])
    figure.update_layout(height=420, margin={"l": 0, "r": 0, "t": 8, "b": 0}, showlegend=False)
    axis = {"tickvals": list(range(10)), "ticktext": CLASS_NAMES, "showgrid": False}
    axis |= {"zeroline": False, "fixedrange": True, "ticks": ""}
    figure.update_xaxes(title="taken for", tickangle=-45, **axis)
    figure.update_yaxes(title="true class", autorange="reversed", **axis)
    st.plotly_chart(
        figure,
        key="mistakes.matrix",
        on_select=_choose_cell,
        selection_mode="points",
        config={"displayModeBar": False},
        alt="Confusion matrix: rows are true classes, columns what the model took them for",
    )


def _heat(counts: np.ndarray, colour: str) -> go.Heatmap:
    """Cells that are the more opaque the higher they count, so that any theme shows through."""
    return go.Heatmap(
        z=counts,
        colorscale=[[0, f"rgba({colour}, 0)"], [1, f"rgba({colour}, 0.6)"]],
        showscale=False,
        hoverinfo="skip",
        xgap=2,
        ygap=2,
    )


def _choose_cell() -> None:
    points = st.session_state["mistakes.matrix"]["selection"]["points"]
    true, taken_for = points[0]["customdata"] if points else (ANY, ANY)
    st.session_state["true"], st.session_state["predicted"] = true, taken_for


def select(labels, predicted, probabilities, true: str, taken_for: str, order: str) -> np.ndarray:
    """Indices of the mistakes that pass the filters, in order."""
    chosen = evaluation.mistakes(labels, predicted)
    if true != ANY:
        chosen = chosen[labels[chosen] == CLASS_NAMES.index(true)]
    if taken_for != ANY:
        chosen = chosen[predicted[chosen] == CLASS_NAMES.index(taken_for)]
    confidence = probabilities[chosen, predicted[chosen]]
    if order == ORDERS[0]:
        return chosen[np.argsort(-confidence, kind="stable")]
    if order == ORDERS[1]:
        return chosen[np.argsort(confidence, kind="stable")]
    return chosen


def show_gallery(shown: np.ndarray, labels, predicted, probabilities) -> None:
    """A thumbnail a mistake; a click opens it large."""
    st.caption(f"{len(shown):,} mistakes. Click one to see it large.")
    if not len(shown):
        st.info("No test image of this class is taken for that one.")
        return
    images, _ = datasets.load("test")
    captions = [
        f"{CLASS_NAMES[labels[index]]} → {CLASS_NAMES[predicted[index]]}, "
        f"{probabilities[index, predicted[index]]:.0%}"
        for index in shown
    ]
    ids = [int(index) for index in shown]
    names = [f"Test image {index}: {text}" for index, text in zip(ids, captions, strict=True)]
    clicked = gallery(images[shown], ids, captions, "mistakes.gallery", names)
    if clicked is not None:
        show_mistake(clicked, images[clicked], int(labels[clicked]), probabilities[clicked])


@st.dialog("Test image", width="medium")
def show_mistake(index: int, pixels: np.ndarray, label: int, probabilities: np.ndarray) -> None:
    """One mistake, large, with its ten probabilities."""
    taken_for = int(probabilities.argmax())
    st.markdown(
        f"Number {index}. Its label says **{CLASS_NAMES[label]}**; the network says "
        f"**{CLASS_NAMES[taken_for]}** with {probabilities[taken_for]:.0%}."
    )
    picture, chart = st.columns(2)
    picture.image(
        widgets.enlarged(pixels), width="stretch", output_format="PNG", alt=f"Test image {index}"
    )
    with chart:
        widgets.probability_chart(probabilities, "mistakes.chart", label)


page()
