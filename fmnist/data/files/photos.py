"""Photos and drawings to predict: the image files of a folder or a zip archive, or a single one."""

import csv
import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path

from fmnist.data.dataset import DatasetError
from fmnist.data.file_kinds import kind_of
from fmnist.data.image_files import EXPECTED

from .encoded_images import EncodedImage, arranged, is_image, reader
from .finding import files_in
from .folders import File, Skipped
from .label_values import whole_number
from .opening import DAMAGED

LABELS = "labels.csv"  # with the columns `file`, a path beside it, and `label`


@dataclasses.dataclass(frozen=True)
class Photos:
    """What a path holds."""

    photos: list[EncodedImage]  # in the order of their paths
    skipped: Sequence[Skipped] = ()  # that are not looked at, such as links
    is_single: bool = False  # the path is that of the file itself


def photos_in(path: Path) -> Photos:
    """The image files below a folder or in a zip archive, without hidden ones; or the file itself, of any kind.

    Their labels are those of a labels.csv, else the names of the folders that divide them. A number that
    names a folder says nothing: folders are numbered for many reasons.

    Raises:
        DatasetError: there is no image file, or the folder or archive cannot be read.
    """
    kind = kind_of(path)
    if kind != "zip" and not path.is_dir():
        return Photos([EncodedImage(path.name, "", reader(path), "")], is_single=True)
    files, skipped = files_in(path, is_archive=kind == "zip")
    images = [file for file in files if is_image(file)]
    if not images:
        raise DatasetError(f"{path} holds no images; {EXPECTED}. Choose another one.")
    listed = _listed(files)
    folders = [name for _, name in arranged([file.above for file in images])]
    named = ["" if whole_number(name) is not None else name for name in folders]
    return Photos(
        [
            EncodedImage(
                file.place, listed.get(file.place, name), reader(file.source), f"of {file.place}"
            )
            for file, name in zip(images, named, strict=True)
        ],
        skipped,
    )


def _listed(files: Sequence[File]) -> dict[str, str]:
    """The label of each file that a labels.csv names, by its place."""
    found: dict[str, str] = {}
    for file in files:
        if file.name.lower() == LABELS:
            for row in _rows(file):
                if row.get("file") and row.get("label"):
                    found["/".join((*file.above, row["file"]))] = row["label"]
    return found


def _rows(file: File) -> list[dict[str, str]]:
    """The rows of a CSV file; none if it is not one."""
    try:
        text = reader(file.source)().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))
    except (*DAMAGED, csv.Error):
        return []
