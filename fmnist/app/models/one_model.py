"""One model: its layers, its source, how it was trained, its kernels and feature maps."""

import contextlib
import datetime
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from fmnist.analysis import metrics
from fmnist.app.shared import before_after, curves, widgets
from fmnist.data import fashion_mnist
from fmnist.model_files import received
from fmnist.recipes import settings
from fmnist.runs import changes, learning_curve, listing, rights
from fmnist.runs import table as run_table
from fmnist.runs.fields import Imported, Row
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from . import export, family, feature_maps, run_actions
from .layer_graph import layer_graph

UNVALIDATED = {
    settings.label(
        "validation_split"
    ): "none, because a parent model was trained on some of the held-out images",
    settings.label("restore_best_weights"): "none: the last weights were kept",
}
VIEWS = ("Architecture", "Training", "Kernels and maps", "Files")


def show(run: Run) -> None:
    """Its tabs."""
    widgets.warn_if_gone("tab", "tab", VIEWS)
    tabs = st.tabs(VIEWS, key="tab", on_change="rerun", bind="query-params")
    contents = (show_architecture, show_training, feature_maps.show, show_files)
    for tab, content in zip(tabs, contents, strict=True):
        if tab.open:
            with tab, widgets.errors_in_words():
                content(run)


def show_files(run: Run) -> None:
    """Its own files, and those that are made of it for other programs."""
    run_actions.show(run)
    if rights.refusal(run) is None:
        export.show(run)


def _accuracy_on(data: str) -> str:
    """The name of the accuracy on the test images of that data set, which is named unless it is the usual one."""
    usual = data == fashion_mnist.DATASET.name
    return "Test accuracy" if usual else f"Test accuracy on {widgets.plain(data)}"


def show_figures(row: run_table.Row) -> None:
    """Accuracy, size and cost, and a warning where they may be meaningless."""
    with st.container(horizontal=True):
        st.metric(
            _accuracy_on(row["data"]),
            f"{row['test_accuracy']:.2%}",
            f"{100 * row['difference']:+.2f} points from reported" if "difference" in row else None,
            help=how_sure(row["test_accuracy"], row["test_images"]),
        )
        if "validation_accuracy" in row:
            st.metric("Validation accuracy", f"{row['validation_accuracy']:.2%}")
        st.metric("Parameters", f"{row['parameters']:,}")
        if "megaflops" in row:
            st.metric("MFLOP per image", f"{row['megaflops']:,.2f}", help=widgets.MEGAFLOPS)
        if "seconds" in row:
            time = "Training time on a GPU" if "gpu" in row else "Training time"
            st.metric(time, learning_curve.duration(row["seconds"]))
    if "error" in row:
        st.warning(row["error"])


def how_sure(test_accuracy: float, count: int) -> str:
    """The confidence interval of an accuracy on that many test images, as a text."""
    low, high = metrics.accuracy_interval(test_accuracy, count)
    return (
        f"95% confidence interval for all images of this kind: {low:.1%} to {high:.1%} (Wilson). To "
        "test whether another model is better, use Compare on the Mistakes page."
    )


def show_architecture(run: Run) -> None:
    """The network as a drawing, as a table, and as the source that builds it."""
    layers, recipe = run.figures["layers"], run.recipe
    if imported := run.imported:
        st.markdown(widgets.plain(f"Imported from {imported['file']}. {imported['about']}"))
        layer_graph(layers, run.dataset.form)
        st.header("Layers", anchor=False)
        widgets.layer_table(layers)
        return
    st.markdown(recipe.network.summary)
    if recipe.ensemble_member:
        own = sum(layer["parameters"] for layer in layers)
        st.markdown(
            f"{own:,} of its parameters are its own; {run.figures['parameters'] - own:,} are those of "
            f"`{recipe.ensemble_member}`, which is its ensemble member."
        )
    layer_graph(layers, run.dataset.form)
    table, source = st.columns([2, 3], gap="large")
    with table:
        st.header("Layers", anchor=False)
        widgets.layer_table(layers)
    with source:
        st.header("Source", anchor=False)
        st.code(recipe.network.source, language="python", wrap_lines=True)


def show_training(run: Run) -> None:
    """The recipe as a table, the curves, and what they show."""
    if run.received:
        st.info(widgets.plain(received.about(run)), icon=":material/move_to_inbox:")
    if imported := run.imported:
        show_origin(run, imported)
        family.show(run)
        return
    left, right = st.columns([2, 3], gap="large")
    rows = run.metrics()
    with left:
        before_after.show(run.figures)
        st.markdown(run.recipe.origin or "This recipe names no source.")
        facts = changes.settings_in_words(run) | outcome(run, rows) | made_with(run)
        st.table(pd.Series(facts, name=""), border="horizontal", hide_header=True)
    with right:
        if not run.recipe.resplit_epochs:  # each of its trainings has other validation images
            show_good_epoch(rows)
        curves.show(run, "models")
    if run.recipe.resplit_epochs and any("validation_loss" in row for row in rows):
        show_splits(run, rows)
    if run.recipe.teachers:
        show_teachers(run)
    family.show(run)


def show_origin(run: Run, imported: Imported) -> None:
    """The origin of a model that was trained elsewhere."""
    st.markdown(
        "This model was trained elsewhere, on unknown images. If test images were among them, its "
        "test accuracy is too high."
    )
    facts = {
        "File": imported["file"],
        "SHA-256": imported.get("sha256", ""),
        "Preprocessing": imported["about"].removeprefix("Preprocessing: "),
    }
    added = {"Added": made_with(run)["Started"]}
    st.table(
        pd.Series(facts | added, name="").map(widgets.plain), border="horizontal", hide_header=True
    )


def show_good_epoch(rows: Sequence[Row]) -> None:
    """Which epoch was already as good as the best."""
    if not (found := learning_curve.first_good_epoch(rows)) or found[1] == 1:
        return
    first, best = found
    if first == best:
        st.markdown(
            f"Validation accuracy was highest in epoch {best}; no earlier epoch came within "
            f"{100 * learning_curve.GOOD:g} points of it."
        )
    else:
        st.markdown(
            f"Epoch {first} was already as good: its validation accuracy is within "
            f"{100 * learning_curve.GOOD:g} points of the highest, in epoch {best}."
        )


def show_splits(run: Run, rows: Sequence[Row]) -> None:
    """Each training of a run that splits its images again."""
    st.header("Re-splits", anchor=False)
    st.markdown(
        "Each split takes its validation images from the training images of the split before, and "
        "a new network is trained on the rest. Later networks therefore train on fewer images, "
        "and are validated on different ones. The weights with the lowest validation loss of all "
        "are kept."
    )
    table = pd.DataFrame(
        learning_curve.by_split(rows, run.recipe.splits, run.figures.get("kept_epoch"))
    )
    if len(table):
        table["validation_accuracy"] *= 100
    percent = st.column_config.NumberColumn("Validation accuracy there", format="%.2f%%")
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "split": "Split",
            "epochs": "Epochs",
            "best_epoch": "Best epoch",
            "validation_loss": st.column_config.NumberColumn(
                "Lowest validation loss", format="%.4f"
            ),
            "validation_accuracy": percent,
            "kept": "Kept",
        },
    )


def show_teachers(run: Run) -> None:
    """A student beside its teachers (knowledge distillation): accuracy and cost."""
    st.header("Teachers and student", anchor=False)
    st.caption("Knowledge distillation: the student is trained on its teachers' predictions.")
    teachers = []
    for name in run.recipe.teachers:
        with contextlib.suppress(RunError):  # it may be gone
            teachers.append(listing.find(name))
    rows = [run_table.row(teacher) | {"role": "teacher"} for teacher in teachers]
    if len(teachers) == len(run.recipe.teachers) > 1:
        with contextlib.suppress(RunError):  # the predictions of one may be damaged
            mean = {"name": "their mean prediction", "role": "target"}
            rows.append(mean | run_table.together(teachers))
    table = pd.DataFrame([*rows, run_table.row(run) | {"role": "student"}])
    table["test_accuracy"] *= 100
    st.dataframe(
        table,
        hide_index=True,
        column_order=("name", "role", "test_accuracy", "test_loss", "megaflops", "seconds"),
        column_config={
            "name": "Name",
            "role": "Role",
            "test_accuracy": st.column_config.NumberColumn("Test accuracy", format="%.2f%%"),
            "test_loss": st.column_config.NumberColumn("Test loss", format="%.3f"),
            "megaflops": st.column_config.NumberColumn("MFLOP per image", format="%.0f"),
            "seconds": st.column_config.NumberColumn("Training time (s)", format="%.0f"),
        },
    )


def outcome(run: Run, rows: Sequence[Row]) -> dict[str, str]:
    """What happened in a training where that differs from its settings."""
    recipe, result, facts = run.recipe, run.figures, {}
    if run.state == "stopped":
        facts["Epochs"] = f"{result['epochs']} of {sum(recipe.splits)}, then stopped"
    validated = "validation_accuracy" in result or any("validation_loss" in row for row in rows)
    if (recipe.pretrained or recipe.teachers) and recipe.validation_split and not validated:
        facts |= UNVALIDATED
    if recipe.calibrate and "temperature" not in result:
        facts[settings.label("calibrate")] = "no, because there were no validation images"
    return facts


def made_with(run: Run) -> dict[str, str]:
    """Where, when and with which versions a run was trained."""
    description = run.description
    versions, machine = description.get("versions", {}), run.machine
    day = datetime.datetime.fromtimestamp(run.created_at, datetime.UTC)
    facts = {
        "Versions": ", ".join(f"{name} {number}" for name, number in versions.items()),
        "GPU": str(machine.get("gpu", "")),
        "Machine": f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB"
        if {"processor", "cores", "memory_gb"} <= set(machine)
        else "",
        "Started": f"{day:%d %B %Y}".lstrip("0"),
    }
    return {name: words for name, words in facts.items() if words}
