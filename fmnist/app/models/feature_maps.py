"""The kernels of a model's convolutions, and the feature maps they make of an image."""

import base64
import html
import io
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from fmnist.app.shared import colours, styles, widgets
from fmnist.inference import kernels
from fmnist.runs.run import Run

COLUMNS = 16  # tiles in a row of the sheet; how many are in a row on screen is for the page
FIRST_IMAGE = 2
COLOURS = 3  # channels of an image in colour
STYLE = Path(__file__).with_suffix(".css")


def show(run: Run) -> None:
    """Kernels and feature maps of the chosen convolution."""
    names = [layer["name"] for layer in run.figures["layers"]]
    weights = _kernels(run.path / "model.keras", (run.path / "model.keras").stat().st_mtime)
    convolutions = [name for name in names if name in weights]
    if not convolutions:
        reason = "." if run.imported else ": it flattens the image into a vector."
        st.info(f"{run.name} has no convolution to show{reason}")
        return
    choice, number = st.columns(2)
    place = choice.selectbox(
        "Convolution",
        range(len(convolutions)),
        format_func=lambda place: f"{place + 1} of {len(convolutions)}",
        key=f"models.convolution.{len(convolutions)}",
    )
    name = convolutions[place]
    with number:
        image = widgets.image_number("Test image", FIRST_IMAGE, "test_image")
    left, right = st.columns(2, gap="large")
    with left:
        show_kernels(weights[name], run.dataset.form.colour)
    with right:
        if widgets.check_image_number(image, "test", run.dataset.test_images):
            show_maps(run, name, int(image))


def show_kernels(weights: np.ndarray, colour: bool) -> None:
    """Each kernel as a tile; in colour where the images are and it sees their channels."""
    height, width, channels, count = weights.shape
    st.header("Kernels", anchor=False)
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


def show_maps(run: Run, name: str, image: int) -> None:
    """The chosen image, and the feature map that each kernel makes of it."""
    names = run.dataset.class_names
    images, labels = run.dataset.load("test")
    st.header("Feature maps", anchor=False)
    pixels = images[image]
    outputs = widgets.classifier(run).outputs(pixels[None])
    probabilities = outputs["probabilities"][0]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(
            widgets.enlarged(pixels, 112), width=84, output_format="PNG", alt=f"Test image {image}"
        )
        st.markdown(
            f"Test image {image}: labelled **{widgets.class_name(names[labels[image]])}**, "
            f"predicted **{widgets.class_name(names[probabilities.argmax()])}** ({probabilities.max():.0%}).",
            width="stretch",
        )
    if name not in outputs:
        st.info("The feature maps of this convolution are too large to show.")
        return
    maps = outputs[name][0]
    st.caption(
        f"{maps.shape[2]} feature maps of {maps.shape[0]} x {maps.shape[1]}, one per kernel: "
        "its response at each place of the image, scaled to the map's maximum. Teal: positive. Amber: "
        "negative. Empty: no response."
    )
    _tiles(maps.transpose(2, 0, 1), "Feature map", 56)


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
