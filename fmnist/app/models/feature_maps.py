"""An image through a model's network, layer by layer, and the kernels of its convolutions."""

import base64
import html
import io
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from fmnist.app.shared import colours, step_panel, styles, widgets
from fmnist.inference import kernels
from fmnist.runs.run import Run

COLUMNS = 16  # tiles in a row of the sheet; how many are in a row on screen is for the page
TEST_IMAGE, FIRST_IMAGE = "Test image", 2
COLOURS = 3  # channels of an image in colour
STYLE = Path(__file__).with_suffix(".css")


def show(run: Run) -> None:
    """An image through the network, layer by layer, and the kernels of each convolution."""
    weights = _kernels(run.path / "model.keras", (run.path / "model.keras").stat().st_mtime)
    st.header("From pixels to a class", anchor=False)
    with widgets.errors_in_words():
        show_image(run)
    convolutions = list(weights)
    if not convolutions:
        reason = "." if run.imported else ": it flattens the image into a vector."
        st.info(f"{run.name} has no convolution to show{reason}")
        return
    st.header("Kernels", anchor=False)
    numbers = [str(place + 1) for place in range(len(convolutions))]
    widgets.warn_if_gone("convolution", "convolution", numbers)
    if st.session_state.get("convolution", "1") not in numbers:  # a larger model's
        st.session_state["convolution"] = "1"
    number = st.selectbox(
        f"Convolution, of {len(convolutions)}",
        numbers,
        key="convolution",
        bind="query-params",
        width=200,
    )
    show_kernels(weights[convolutions[int(number) - 1]], run.dataset.form.colour)


def show_image(run: Run) -> None:
    """A test image, or the visitor's last drawing or photo, and what each layer makes of it."""
    mine = step_panel.own(run.dataset)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = TEST_IMAGE
        if mine:
            names = (TEST_IMAGE, mine[0])
            chosen = st.segmented_control(
                "Image", names, default=mine[0], required=True, key=f"models.image.{mine[0]}"
            )
        number = 0.0
        if chosen == TEST_IMAGE:
            number = widgets.image_number("Test image", FIRST_IMAGE, "test_image", width=200)
    if mine and chosen != TEST_IMAGE:
        name, pixels = mine
    elif widgets.check_image_number(number, "test", run.dataset.test_images):
        images, labels = run.dataset.load("test")
        pixels, label = images[int(number)], run.dataset.class_names[labels[int(number)]]
        name = f"{TEST_IMAGE} {number:.0f}: labelled **{widgets.class_name(label)}**"
    else:
        return
    probabilities = widgets.classifier(run).probabilities(pixels[None])[0]
    predicted = widgets.class_name(run.dataset.class_names[probabilities.argmax()])
    st.markdown(f"{name}, predicted **{predicted}** ({probabilities.max():.0%}).")
    step_panel.show(run, pixels)


def show_kernels(weights: np.ndarray, colour: bool) -> None:
    """Each kernel as a tile; in colour where the images are and it sees their channels."""
    height, width, channels, count = weights.shape
    if colour and channels == COLOURS:
        st.caption(
            f"{count} kernels of {height} x {width} for red, green and blue. A kernel responds to places that "
            "look like it. Grey: weights near zero."
        )
        _tiles(kernels.in_colour(weights), "Kernel", 40)
        return
    slices = f" and {channels} input channels, of which the strongest is shown" * (channels > 1)
    st.caption(
        f"{count} kernels of {height} x {width}{slices}. A kernel responds to places that look like "
        "it. Teal: positive weights. Amber: negative weights. Pale: near zero."
    )
    _tiles(kernels.strongest_slices(weights), "Kernel", 40)


def _tiles(tiles: np.ndarray, what: str, edge: int) -> None:
    """Tiles of at least `edge` pixels, as many in a row as there is room for."""
    rows = -(-len(tiles) // COLUMNS)
    cells = "".join(
        f'<div role="img" aria-label="{html.escape(what)} {number}" title="{what} {number}" '
        f'style="background-size:{100 * COLUMNS}% {100 * rows}%;background-position:'
        f"{100 * (number % COLUMNS) / (COLUMNS - 1):.4f}% "
        f'{100 * (number // COLUMNS) / max(rows - 1, 1):.4f}%"></div>'
        for number in range(len(tiles))
    )
    above, below = colours.rgb(colours.teal()), colours.rgb(colours.amber())
    sheet = _data_url(kernels.sheet(tiles, COLUMNS, above, below))
    styles.apply(STYLE)
    st.html(f'<div class="tiles" style="--tile:{edge}px;--sheet:url({sheet})">{cells}</div>')


def _data_url(pixels: np.ndarray) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


@st.cache_data(max_entries=8, show_spinner=False)
def _kernels(path: Path, changed_at: float) -> dict[str, np.ndarray]:
    return kernels.convolution_kernels(path)
