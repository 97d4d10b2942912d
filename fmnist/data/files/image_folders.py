"""A folder of images with one folder a class -> contents."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from fmnist.data.dataset import DatasetError
from fmnist.data.image_files import EXTENSIONS, ImageFileError, open_image
from fmnist.data.labels import CLASS_NAMES

from . import opening
from .contents import SIZE, Contents
from .label_values import number_of
from .opening import Source

LARGEST = 50_000_000  # bytes of an image file


def is_image(name: str) -> bool:
    """Whether a file's name is that of an image."""
    return name.rpartition(".")[2].lower() in EXTENSIONS


def is_in_class(file: Source) -> bool:
    """Whether a file's folder has the name or number of a class."""
    return number_of(folder_name(file)) is not None


def folder_name(file: Source) -> str:
    """The name of a file's folder."""
    return Path(str(file)).parent.name


def read(folder: Source, files: Sequence[Source]) -> Contents:
    """Read images; each one's label is the name of its folder.

    Args:
        folder: where they were looked for, for messages.
        files: the images, in folders of classes or beside each other.

    Raises:
        DatasetError: in one sentence, which folder is not a class or which image is unusable.
    """
    files = sorted(files, key=str)
    resized: set[str] = set()
    pixels = [array[0] for array in opening.counting(folder, _arrays(files, resized))]
    names = [folder_name(file) for file in files]
    ids = [below(folder, file) for file in files]
    found = Contents(np.stack(pixels), ids=ids)
    found.assumptions += sorted(resized)
    found.label_place = lambda image: f"the folder of {ids[image]}"
    if any(map(is_in_class, files)):
        found.labels = names
        if all("/" not in name for name in ids):
            found.assumptions.append(
                f"All labels were taken from the folder's own name, {names[0]}."
            )
    elif any("/" in name for name in ids):
        raise DatasetError(
            f"{folder} has images in {names[0]!r}, which is not a class; expected folders named 0 to 9 "
            f"or {CLASS_NAMES[1]}, {CLASS_NAMES[2]} and so on."
        )
    found.unlabelled = "its images are not in folders named after classes, such as 0 to 9"
    return found


def pixels_of(where: object, data: bytes, resized: set[str]) -> np.ndarray:
    """One image file as (28, 28) uint8, resized if it is square.

    Args:
        where: its file and place, for messages.
        data: the file's content.
        resized: gets a sentence if it was resized or had transparent parts.

    Raises:
        DatasetError: it is damaged, or not square.
    """
    try:
        image = open_image(data)
    except ImageFileError as error:
        raise DatasetError(f"{where}: {error}") from None
    width, height = image.size
    if width != height:
        raise DatasetError(
            f"{where} has {width} x {height} pixels; expected {SIZE} x {SIZE}, or another square."
        )
    if np.asarray(image.getchannel("A")).min() < 255:
        resized.add("Transparent parts of images were taken as black.")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image)
    image = image.convert("L")
    if width != SIZE:
        resized.add(f"Images of other sizes were resized to {SIZE} x {SIZE}.")
        image = image.resize(
            (SIZE, SIZE), Image.Resampling.BOX if width > SIZE else Image.Resampling.BICUBIC
        )
    return np.asarray(image)


def _arrays(files: Iterable[Source], resized: set[str]) -> Iterable[np.ndarray]:
    for path in files:
        with opening.opened(path) as file:
            data = opening.read(path, file, LARGEST + 1)
        if len(data) > LARGEST:
            raise DatasetError(
                f"{path} has more than {LARGEST // 10**6} MB, the limit for an image."
            )
        yield pixels_of(path, data, resized)[None]


def below(folder: Source, file: Source) -> str:
    """The path of a file in a folder or archive, with slashes."""
    return str(file).removeprefix(str(folder)).replace("\\", "/").lstrip("/")
