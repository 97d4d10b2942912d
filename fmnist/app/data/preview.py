"""What an upload was read as: counts, what was left out, and its images in each form and framing."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any, get_args

import numpy as np
import pandas as pd
import streamlit as st

from fmnist.app.components.gallery import gallery
from fmnist.app.shared import widgets
from fmnist.data.dataset import SIDES, Form, Framing
from fmnist.data.image_files import ImageFileError
from fmnist.preprocessing.framing import frame, on_white
from fmnist.preprocessing.proposal import HELD_OUT, Original, Proposal

from .framings import FRAMINGS

SENTENCES = 6  # that are shown at once
PICTURES = 7  # that are shown in each framing
AS_UPLOADED = 64  # pixels
SHADES = {False: "grey", True: "colour"}
SHARES = (5, 10, 15, 20, 25, 30, 40, 50)  # percent of the images that test


@dataclasses.dataclass(frozen=True)
class Choice:
    """How an upload becomes a data set."""

    form: Form
    framing: Framing
    test: float | None  # share of the images held out to test; None as it was proposed

    def fits(self, proposal: Proposal) -> bool:
        """Whether the images of the proposal have this form and framing."""
        return (self.form, self.framing) == (proposal.form, proposal.framing)

    def divided(self, proposal: Proposal) -> Proposal:
        """The proposal with this share held out."""
        return proposal if self.test is None else proposal.divided(self.test)

    def options(self) -> dict[str, Any]:
        """For `propose`."""
        form = {"side": self.form.side, "colour": self.form.colour}
        return form | {"framing": self.framing, "test": self.test}


def show(proposal: Proposal, name: str, key: str) -> tuple[str, Choice] | None:
    """The whole preview; the chosen name, form, framing and split once Add is pressed."""
    summary = st.container()
    settings, shown = st.columns([2, 3], gap="large")
    with settings:
        name = st.text_input("Name", name, max_chars=64, key=f"{key}.name")
        choice = _choose(proposal, key)
        pressed = st.button("Add", type="primary", icon=":material/add:", key=f"{key}.keep")
    as_chosen = dataclasses.replace(
        choice.divided(proposal), form=choice.form, framing=choice.framing
    )
    with summary:
        _show_sentences(as_chosen.sentences)
    with shown:
        _show_framings(proposal, choice, key)
    _show_classes(as_chosen)
    return (name.strip(), choice) if pressed else None


def _show_sentences(sentences: Sequence[str]) -> None:
    """The first ones, and the others where they take no room."""
    st.markdown(bullets(sentences[:SENTENCES]))
    if others := sentences[SENTENCES:]:
        with st.expander(f"{len(others)} more about what was read"):
            st.markdown(bullets(others))


def bullets(sentences: Iterable[str]) -> str:
    """Sentences about an upload, one below the other."""
    return "\n".join(f"- {widgets.plain(sentence)}" for sentence in sentences)


def _choose(proposal: Proposal, key: str) -> Choice:
    """Form, framing and split; as proposed to begin with."""
    side = st.segmented_control(
        "Size",
        SIDES,
        default=proposal.form.side,
        required=True,
        format_func=lambda side: f"{side} x {side}",
        key=f"{key}.side",
        help="Pixels of each image. More show more detail, and take longer to train.",
    )
    colour = st.segmented_control(
        "Colours",
        list(SHADES),
        default=proposal.form.colour,
        required=True,
        format_func=lambda colour: SHADES[colour],
        key=f"{key}.colour",
        help="Colour where it tells classes apart; grey trains faster.",
    )
    framing = proposal.framing
    if proposal.originals:
        framing = st.segmented_control(
            "Framing",
            get_args(Framing),
            default=framing,
            required=True,
            key=f"{key}.framing",
            help="\n".join(f"- **{name}**: {words}" for name, words in FRAMINGS.items())
            + "\n\nPhotos and drawings that you classify later are framed in the same way.",
        )
    return Choice(Form(side, colour), framing, None if proposal.is_given else _share(key))


def _share(key: str) -> float | None:
    """How much of each class is held out; None as it was proposed."""
    usual = round(100 * HELD_OUT)
    percent = st.select_slider(
        "Held out to test",
        SHARES,
        usual,
        format_func=lambda percent: f"{percent}%",
        key=f"{key}.share",
        help="Of each class, at random. The network never learns from these images.",
    )
    return None if percent == usual else percent / 100


def _show_framings(proposal: Proposal, choice: Choice, key: str) -> None:
    """The same images as they were brought and in each framing, the chosen one marked."""
    originals = _of_each_class(proposal.originals)
    if not originals:
        return
    names = [original.class_name for original in originals]
    with st.spinner("Framing some images…", show_time=False):
        rows = {"as uploaded": np.stack([_whole(original) for original in originals])}
        for framing in get_args(Framing):
            rows[framing] = np.stack([_framed(each, choice.form, framing) for each in originals])
    numbers = range(len(originals))
    for place, (title, images) in enumerate(rows.items()):
        st.caption(f"**{title}** (chosen)" if title == choice.framing else title)
        captions = names if place == 0 else [""] * len(names)
        described = [f"{name}, {title}" for name in names]
        gallery(images, numbers, captions, f"{key}.framed.{place}", described, still=True, least=78)


def _of_each_class(originals: tuple[Original, ...]) -> list[Original]:
    """Some images of as many classes as can be shown."""
    seen: dict[str, int] = {}
    turns = []
    for original in originals:
        seen[original.class_name] = seen.get(original.class_name, 0) + 1
        turns.append(seen[original.class_name])
    order = sorted(range(len(originals)), key=turns.__getitem__)[:PICTURES]
    return sorted((originals[number] for number in order), key=lambda each: each.class_name)


def _whole(original: Original) -> np.ndarray:
    """The whole image on grey: (AS_UPLOADED, AS_UPLOADED, 3) uint8."""
    image = on_white(original.image)
    image.thumbnail((AS_UPLOADED, AS_UPLOADED))
    made = np.full((AS_UPLOADED, AS_UPLOADED, 3), 128, np.uint8)
    top, left = ((AS_UPLOADED - edge) // 2 for edge in (image.height, image.width))
    made[top : top + image.height, left : left + image.width] = np.asarray(image)
    return made


@st.cache_data(
    max_entries=200, show_spinner=False, hash_funcs={Original: lambda each: each.image.tobytes()}
)
def _framed(original: Original, form: Form, framing: Framing) -> np.ndarray:
    """An image in a form; black where no item is found in it."""
    try:
        return frame(original.image, form, framing).pixels
    except ImageFileError:
        return np.zeros(form.shape, np.uint8)


def _show_classes(proposal: Proposal) -> None:
    """Each class with its counts."""
    with st.expander("Images by class"):
        rows = [{"Class": name, **counts} for name, counts in proposal.counts.items()]
        table = pd.DataFrame(rows).rename(columns={"train": "Training", "test": "Test"})
        st.dataframe(table, hide_index=True)
