"""The input of the Try it page, kept in the session: a drawing, a photo or a test image."""

import dataclasses
import hashlib
import io
import re

import streamlit as st
from PIL import Image

from fmnist.app.components import sketch
from fmnist.app.components.sketch import receive
from fmnist.app.shared import address, widgets
from fmnist.data.dataset import DataSet
from fmnist.data.files.encoded_images import check_size
from fmnist.data.image_files import ImageFileError, open_image
from fmnist.preprocessing.examples import examples

from .several import Several

FIRST_TEST_IMAGE = 2  # a clear one, so that the page shows a prediction before anybody has drawn
EXAMPLE = "Example: "  # how the name of an example begins
IN_ADDRESS = ("drawing", "example", "test_image")
UNREAD = (
    "The drawing of the link cannot be read: part of it is missing, or it is of a newer version. Ask for the link "
    "again, or draw it here."
)
LINKED = "try.linked"  # whether the link names what is classified, and no drawing
LONGEST_NAME = 40  # characters of a file's name that are shown


@dataclasses.dataclass(frozen=True)
class Photo:
    """A photo of the visitor's, or the reason why it cannot be used."""

    name: str  # "Your photo, jeans.jpg", as Markdown
    content: bytes = b""  # PNG, upright and of reduced size; empty if there is a problem
    problem: str = ""  # a sentence
    row: int | None = None  # of the table, if it is one of several

    @property
    def identity(self) -> str:
        """A hash that no other photo has."""
        return hashlib.sha256(self.name.encode() + self.content).hexdigest()[:16]


def source() -> str:
    """What is classified: "drawing", "photo", "several" (photos), "camera" (nothing yet) or "test image"."""
    kept: str = st.session_state.setdefault("try.source", "test image")
    return kept


def use(source: str) -> None:
    """Classify what the session has of that source.

    A stroke that reaches the server together with the press of a button came before it.
    """
    receive()
    st.session_state["try.source"] = source


def take_drawing() -> None:
    """Classify the drawing if it has changed; one from before the page was loaded only where no link names another."""
    if not receive():
        return
    if not (sketch.drawing().restored and st.session_state.get(LINKED)):
        use("drawing")


def test_image(count: int) -> int:
    """The index of the test image, one of `count`."""
    index: int = st.session_state.setdefault("try.test_image", FIRST_TEST_IMAGE)
    return index % count


def follow_link(dataset: DataSet) -> None:
    """Classify what a link names: its drawing, an example or a test image."""
    if sketch.drawing().unread:
        address.report("drawing", UNREAD)
    if (found := address.linked(IN_ADDRESS)) is None:
        return
    st.session_state[LINKED] = bool(found) and "drawing" not in found
    if "drawing" in found:
        sketch.put(found["drawing"])
        use("drawing")
    elif name := found.get("example"):
        if name in examples():
            use_photo(f"{EXAMPLE}{name}", as_png(examples()[name]))
        else:
            _refuse_link("example", f"example {address.quoted(name)}")
    elif text := found.get("test_image"):
        if re.fullmatch(r"[0-9]{1,7}", text) and int(text) < dataset.test_images:
            st.session_state["try.test_image"] = int(text)
            use("test image")
        else:
            number, most = address.quoted(text), dataset.test_images - 1
            _refuse_link("test_image", f"test image {number}; expected a number from 0 to {most:,}")


def _refuse_link(name: str, what: str) -> None:
    address.report(name, f"There is no {what}.")


def write_link(dataset: DataSet) -> None:
    """Put what is classified into the address; what is too large for that is a sentence of Share."""
    kept, drawn, values, lacking = photo(), sketch.drawing(), {}, None
    match source():
        case "test image" if (index := test_image(dataset.test_images)) != FIRST_TEST_IMAGE:
            values = {"test_image": str(index)}
        case "drawing" if drawn.content and drawn.link:
            values = {"drawing": drawn.link}
        case "drawing" if drawn.content:
            lacking = (
                "The drawing is too large for a link. Draw with fewer strokes, or download it."
            )
        case "photo" if kept and kept.name.startswith(widgets.plain(EXAMPLE)):
            values = {"example": kept.name.removeprefix(widgets.plain(EXAMPLE))}
        case "photo" | "several":
            lacking = "Your photos stay here: the link opens the page without them."
    address.write(values, IN_ADDRESS)
    address.lacks(lacking, drawn.content if source() == "drawing" else None)


def photo() -> Photo | None:
    """The last photo of the visitor's."""
    return st.session_state.get("try.photo")


def several() -> Several | None:
    """The photos that the visitor brought together last."""
    return st.session_state.get("try.several")


def use_several(photos: Several) -> None:
    """Classify several photos, in place of those before."""
    st.session_state["try.several"] = photos
    st.session_state.pop("try.photo", None)  # which may be a row of those before
    use("several")


def are_several() -> bool:
    """Whether several photos are classified, or one of them."""
    kept = photo()
    is_row = source() == "photo" and kept is not None and kept.row is not None
    return source() == "several" or is_row


def label_row(label: str | None) -> None:
    """Keep the visitor's label for the photo in its row of the table, if it is one of several."""
    kept, photos = photo(), several()
    if source() != "photo" or not kept or kept.row is None or not photos:
        return
    photos.labels.pop(kept.row, None)
    if label:
        photos.labels[kept.row] = label


def use_photo(name: str, content: bytes, row: int | None = None) -> None:
    """Classify a photo; only its reduced form is kept.

    Args:
        name: shown as it is, in plain text.
        content: a file of any kind; one that cannot be read becomes a problem that is shown.
        row: of the table, if it is one of several.
    """
    try:
        _keep(Photo(widgets.plain(name), _reduced(content), row=row))
    except ImageFileError as error:
        refuse(name, str(error), row)


def refuse(name: str, problem: str, row: int | None = None) -> None:
    """Show the problem with a photo in place of a prediction."""
    _keep(Photo(widgets.plain(name), problem=problem, row=row))


def short(name: str) -> str:
    """The name of a file, cut in the middle if it is long."""
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[-half:]}"


def _keep(photo: Photo) -> None:
    st.session_state["try.photo"] = photo
    use("photo")


def _reduced(content: bytes) -> bytes:
    """The image in a file as PNG, as `open_image` reads it: the same pixels whenever it is read again.

    Raises:
        ImageFileError: it cannot be used.
    """
    check_size(content)
    image = open_image(content)
    if image.getchannel("A").getextrema() == (255, 255):  # opaque
        image = image.convert("RGB")
    return as_png(image)


def as_png(image: Image.Image) -> bytes:
    """The image as the content of a PNG file, made quickly rather than small."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()
