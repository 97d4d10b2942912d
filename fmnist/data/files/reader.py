"""Any file or folder of labelled images -> arrays in a data set's form, and sentences about what was assumed."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
from PIL import Image

from fmnist.data.dataset import DataSet, DatasetError, Form
from fmnist.data.fashion_mnist import DATASET
from fmnist.data.file_kinds import kind_of, names_in
from fmnist.data.image_files import ImageFileError, open_image

from . import appearance, finding, label_values, opening, pixel_values
from .contents import Contents, DataFile, LabelledFile
from .encoded_images import EncodedImage, content_of, is_image_name
from .finding import Found, Part


def read(path: Path, split: str = "test", dataset: DataSet = DATASET) -> DataFile:
    """Read labelled images from a CSV, .npz, Parquet or IDX file, a folder or zip of them, or of images.

    Args:
        path: a file or folder.
        split: "train" or "test", if a folder or file has both.
        dataset: whose form and classes are expected. Only for Fashion-MNIST it is looked at whether images
            are light on dark and upright, and what labels are counted from.

    Returns:
        Images in the form of the data set: (N, *form.shape) uint8, with labels by its classes.
        `assumptions` lists what was changed or assumed.

    Raises:
        DatasetError: names the error and its place, what was expected, and what to do.
    """
    part = chosen(path, finding.find(path), split)
    return of_contents(
        path, part if isinstance(part, Contents) else _decoded(path, part, dataset), dataset
    )


def of_contents(path: Path, found: Contents, dataset: DataSet) -> DataFile:
    """What a reader found, in the form and with the labels of a data set; as `read`."""
    images, notes = pixel_values.to_images(path, found)
    images, more = _of_form(path, images, dataset.form)
    assumptions = found.assumptions + notes + more
    if label_values.is_fashion(dataset):
        for look in (appearance.light_on_dark, appearance.upright):
            images, notes = look(images)
            assumptions += notes
    labels = None
    if found.labels is not None:
        labels, notes = _labels(path, found, images, dataset)
        assumptions += notes
    ids = None if found.ids is None else tuple(found.ids)
    return DataFile(images, labels, tuple(assumptions), ids, found.unlabelled)


def chosen(path: Path, found: Found, split: str = "test") -> Part:
    """Read a split of what a path holds, or the only one.

    Raises:
        DatasetError: it has only another one.
    """
    wanted = (split, "", "validation") if split == "test" else (split, "")
    part = next((found.parts[name]() for name in wanted if name in found.parts), None)
    if part is None:
        others = " and ".join(found.parts)
        raise DatasetError(
            f"{path} has no {split} set, only {others}; name a file of that itself to read it."
        )
    return part


def is_table(path: Path) -> bool:
    """Whether the file has many images in a data set's form, and is not a photo or drawing."""
    kind = kind_of(path)
    if kind == "zip":
        return not any(map(is_image_name, names_in(path)))
    return kind in ("text", "npz", "parquet", "idx-images")


def read_labelled(path: Path, split: str = "test", dataset: DataSet = DATASET) -> LabelledFile:
    """`read` images with labels.

    Raises:
        DatasetError: see `read`; or the images have no labels.
    """
    found = read(path, split, dataset)
    if found.labels is None:
        raise DatasetError(
            f"{path} has no labels to compare with: {found.unlabelled}; `python -m fmnist predict` "
            "predicts them."
        )
    return LabelledFile(found.images, found.labels, found.assumptions, found.ids)


def _of_form(path: Path, images: np.ndarray, form: Form) -> tuple[np.ndarray, list[str]]:
    """Images of the side that is expected, as grey or in colour as is expected."""
    if images.shape[1] != form.side:
        raise DatasetError(
            f"{path} has images of {images.shape[1]} x {images.shape[2]} pixels; expected {form.size}."
        )
    if images.ndim == 4 and not form.colour:
        grey = [np.asarray(Image.fromarray(image).convert("L")) for image in images]
        return np.stack(grey), ["Colours were converted to grey."]
    if images.ndim == 3 and form.colour:
        return np.repeat(images[..., None], 3, axis=-1), []
    return images, []


def _labels(
    path: Path, found: Contents, images: np.ndarray, dataset: DataSet
) -> tuple[np.ndarray, list[str]]:
    """(N,) uint8, by the data set's classes."""
    assert found.labels is not None, "labels were looked for before"
    notes: list[str] = []
    labels = label_values.numbers(path, found.labels, found.label_place, dataset)
    if label_values.is_fashion(dataset):
        labels, notes = appearance.from_zero(images, labels)
    if labels.max() >= dataset.classes:
        index = int(labels.argmax())
        raise label_values.refusal(path, found.label_place(index), str(labels[index]), dataset)
    return labels.astype(np.uint8), notes


def _decoded(path: Path, files: Collection[EncodedImage], dataset: DataSet) -> Contents:
    """Image files as arrays.

    Raises:
        DatasetError: one of them is damaged, or not square.
    """
    notes: set[str] = set()
    images, names, ids, places = [], [], [], []
    for (encoded,) in opening.counting(path, ([encoded] for encoded in files)):
        where = f"{str(path).rstrip('/')}/{encoded.place}"
        images.append(_pixels(where, encoded, dataset.form, notes))
        names.append(encoded.label)
        ids.append(encoded.place)
        places.append(encoded.label_place)
    found = Contents(np.stack(images), ids=ids, assumptions=sorted(notes))
    found.label_place = lambda image: places[image]
    if any(names):
        found.labels = names
    elif label_values.is_class(path.name, dataset):
        found.labels = [path.name] * len(images)
        found.assumptions.append(f"All labels were taken from the folder's own name, {path.name}.")
    return found


def _pixels(where: str, encoded: EncodedImage, form: Form, notes: set[str]) -> np.ndarray:
    """One image file, resized if it is square; (*form.shape) uint8."""
    try:
        image = open_image(content_of(encoded))
    except ImageFileError as error:
        raise DatasetError(f"{where}: {error}") from None
    width, height = image.size
    if width != height:
        raise DatasetError(
            f"{where} has {width} x {height} pixels; expected {form.size}, or another square."
        )
    if np.asarray(image.getchannel("A")).min() < 255:
        notes.add("Transparent parts of images were taken as black.")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image)
    image = image.convert("RGB" if form.colour else "L")
    if width != form.side:
        notes.add(f"Images of other sizes were resized to {form.size}.")
        way = Image.Resampling.BOX if width > form.side else Image.Resampling.BICUBIC
        image = image.resize((form.side, form.side), way)
    return np.asarray(image)
