"""What several pages show: the choice of a model, an image's pixels, a run's state."""

import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from fmnist.data.dataset import DataSet, DatasetError
from fmnist.inference.background import Background
from fmnist.inference.classifier import Classifier
from fmnist.people import acting
from fmnist.runs import cache, listing, remarks
from fmnist.runs.annotations import MarkError
from fmnist.runs.fields import Layer
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.states import State

from . import address, pages, share, styles
from .glossary import term

Colour = Literal["blue", "green", "orange", "red"]
BADGES: dict[State, tuple[Colour, str]] = {  # colour and icon of each state of a run
    "queued": ("blue", ":material/hourglass_empty:"),
    "running": ("green", ":material/play_arrow:"),
    "stopping": ("orange", ":material/hourglass_bottom:"),
    "stopped": ("orange", ":material/stop:"),
    "finished": ("green", ":material/check:"),
    "failed": ("red", ":material/error:"),
    "interrupted": ("red", ":material/power_off:"),
    "broken": ("red", ":material/broken_image:"),
}
WHOLE, SAMPLE = 0.3, 0.7  # seconds that a page waits for all, or for a first part, of some work
MEGAFLOPS = (
    "Millions of floating-point operations to classify one image: two for each multiply-add in "
    "convolutions and dense layers."
)
# Where Streamlit's Markdown would find an address, escaped or not; what is invisible there stops it.
BEFORE_LINK = re.compile(r"(?<=http|ttps)(?=\\:)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
WORD_JOINER = "\u2060"
ABOUT_MODELS = "To use your own model, add its file on the Models page."


def page_header(title: str, sentence: str) -> None:
    """The page's title, what it is for beside it, and the app's few style rules."""
    styles.apply_to_all()
    with st.container(horizontal=True, key="page_header"):
        st.title(title, anchor=False, width="content")
        st.caption(sentence, width="content")
        styles.run_scripts()
        share.button()
    address.enter(title)


@contextlib.contextmanager
def errors_in_words() -> Iterator[None]:
    """Show what is wrong with a run, the data or the marks as a sentence; the rest of the page still works."""
    try:
        yield
    except (RunError, DatasetError, MarkError) as error:
        st.error(str(error))


def choose_model(about: bool = True, dataset: DataSet | None = None) -> Run | None:
    """A select box of trained models; the choice is in the URL and holds on every page.

    Args:
        about: whether to add a line with the model's accuracy and size.
        dataset: only models trained on it; None for all.
    """
    usable = {
        run.name: run
        for run in listing.usable_runs()
        if dataset is None or run.dataset.name == dataset.name
    }
    if not usable:
        on = f" on {plain(dataset.name)}" if dataset else ""
        st.info(
            f"No trained model{on} yet. Train one on the Train page; the fastest takes seconds."
        )
        return None
    if st.session_state.get("model", next(iter(usable))) not in usable:  # one of another data set
        st.session_state["model"] = next(iter(usable))
    warn_if_gone("trained model", "model", usable)
    # Plain names: the URL holds what is shown, and a link should stay true.
    more = ABOUT_MODELS if about else None
    run = usable[st.selectbox("Model", list(usable), key="model", help=more, bind="query-params")]
    if about:
        result = run.figures
        st.caption(
            f"{term('Test accuracy')} {result['test_accuracy']:.1%} on {run.dataset.name} · "
            f"{result['parameters']:,} {term('parameters')}"
        )
        warn_if_doubtful(run)
    return run


def plain(text: str) -> str:
    """Text of others, as a file's name, for Markdown: its signs stand for themselves, and addresses are no links."""
    text = re.sub(r"([\\`*_{}\[\]()#+!|<>$~:])", r"\\\1", text)
    return BEFORE_LINK.sub(WORD_JOINER, text)


def isolated(name: str) -> str:
    """A class' name, for a sentence: one that is written from right to left turns nothing around it."""
    return name if name.isascii() else f"\u2068{name}\u2069"


def class_name(name: str) -> str:
    """The same for Markdown."""
    return plain(isolated(name))


def warn_if_doubtful(run: Run) -> None:
    """A warning where a run's figures may be meaningless."""
    if sentence := remarks.remark(run, run.state):
        st.warning(sentence)


def warn_if_gone(what: str, key: str, there: Collection[str]) -> None:
    """A warning where a link names something that does not exist; the page shows the first that does.

    None where the page itself has chosen another one, as after a new name: it is in the address soon.
    """
    linked = st.query_params.get(key)
    if linked and linked not in there and st.session_state.get(key) not in there:
        name = address.quoted(linked)
        shown = plain(str(next(iter(there))))
        address.report(key, f"There is no {what} {name}. Showing {shown} instead.")


def choice(label: str, options: Iterable[str], key: str, **more: Any) -> str:
    """One of a few, the first to begin with unless there is a `default`; in the address under `key`."""
    options = list(options)
    default = more.pop("default", options[0])
    warn_if_gone(label.lower(), key, [default, *options])
    chosen: str = st.segmented_control(
        label,
        options,
        default=default,
        key=key,
        required=True,
        bind="query-params",
        **more,
    )
    return chosen


def image_number(label: str, first: int, key: str, **options: Any) -> float:
    """A field for an image's number, in the URL under `key`; `check_image_number` checks that there is one.

    A float, as a field for integers fails at ?image=inf.
    """
    return st.number_input(
        label,
        value=float(first),
        step=1.0,
        format="%.0f",
        key=key,
        bind="query-params",
        **options,
    )


def check_image_number(number: float, split: str, count: int) -> bool:
    """Whether one of `count` images has that number; otherwise the page shows an error."""
    if number.is_integer() and 0 <= number < count:
        return True
    st.error(f"There is no {split} image {number:.10g}; expected a number from 0 to {count - 1}.")
    return False


def button_to_try(label: str, image: int, key: str) -> None:
    """A button that takes a test image to the page Try it."""
    if st.button(label, icon=":material/draw:", key=key, on_click=_keep_model):
        st.session_state["try.test_image"] = image
        st.session_state["try.source"] = "test image"
        # Without `query_params` it would try to clear those of this page's widgets, and fail.
        st.switch_page(pages.path_of("try_it"), query_params={})


def _keep_model() -> None:
    if "model" in st.session_state:  # a value that was set outlives the change of page
        st.session_state["model"] = st.session_state["model"]


def classifier(run: Run) -> Classifier:
    """The run's model, loaded once for all sessions."""
    return _classifier(run.path, cache.digest(run))


@st.cache_resource(max_entries=8, show_spinner=False)
def _classifier(path: Path, digest: str) -> Classifier:
    return Classifier(path)


def wait_for_sample(work: Background) -> None:
    """A moment for all of a background work that is quick, else for its first sample."""
    work.wait(WHOLE)
    work.wait_for_sample(SAMPLE)


def enlarged(pixels: np.ndarray, edge: int = 280) -> Image.Image:
    """An image, (S, S) or (S, S, 3) uint8, about `edge` pixels wide: each of its own a crisp square."""
    scale = max(1, round(edge / len(pixels)))
    return Image.fromarray(pixels.repeat(scale, axis=0).repeat(scale, axis=1))


def download(label: str, content: Callable[[], str], name: str) -> None:
    """A small button that gives a table as a CSV file, made when it is clicked.

    Not before: the server would keep a file for each run of the page and free the one before,
    which the browser may be asking for just then (Streamlit's button checks that its file is there).
    """
    st.download_button(
        f"{label} as CSV",
        acting.bound(content),
        name,
        "text/csv",
        key=f"download.{label}",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )


def counted(count: int, things: str) -> str:
    """A number and what it counts: "2,312 mistakes", but "1 mistake"."""
    return f"{count:,} {re.sub(r's(?![a-z])', '', things, count=1) if count == 1 else things}"


def state_badge(state: State) -> None:
    """A run's state as a word with its colour and icon."""
    colour, icon = BADGES[state]
    st.badge(state, color=colour, icon=icon)


def layer_table(layers: Sequence[Layer]) -> None:
    """Type, output shape and parameters of each layer."""
    table = pd.DataFrame(
        {
            "Layer": [layer["type"] for layer in layers],
            "Output": [" x ".join(map(str, layer["output_shape"])) for layer in layers],
            "Parameters": [layer["parameters"] for layer in layers],
        }
    )
    numbers = st.column_config.NumberColumn(format="localized")
    st.dataframe(table, hide_index=True, height="content", column_config={"Parameters": numbers})
