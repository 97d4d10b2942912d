"""Finds the one thing in a folder or a zip archive that can be read."""

import itertools
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from fmnist.data.dataset import DatasetError

from . import idx_files, image_folders, opening
from .contents import Contents
from .opening import Source

DEPTH = 4  # folders below the one that was named
MOST_FILES = 2 * opening.MOST
TABLES = re.compile(r".*\.(csv|tsv|npz|parquet)(\.gz)?", re.IGNORECASE)
SPLITS = {"test": re.compile("test|t10k"), "train": re.compile("train")}


def read(folder: Source, split: str) -> Contents | Source:
    """Read IDX files or images; a table or archive that is the only one is returned as its path.

    Args:
        folder: a folder, or a `zipfile.Path`.
        split: "train" or "test", where there are both.

    Raises:
        DatasetError: there is nothing to read, or more than one thing.
    """
    files = files_in(folder)
    images = [file for file in files if image_folders.is_image(file.name)]
    if idx := [file for file in files if idx_files.is_idx(file.name)]:
        return idx_files.read_split(folder, idx, split)
    tables = [file for file in files if TABLES.fullmatch(file.name)]
    if tables and not any(image_folders.is_in_class(file) for file in images):
        return _only_table(folder, tables, split)
    if images:
        return _read_images(folder, images, split)
    names = ", ".join(file.name for file in files[:3])
    raise DatasetError(
        f"{str(folder).rstrip('/')} has {f'only {names}' if names else 'no files'}; expected a CSV, .npz or Parquet "
        "file, IDX files, or a folder of images for each class."
    )


def files_in(folder: Source) -> list[Source]:
    """The files in a folder and the folders below it, in the order of their paths."""
    found: Iterator[Source] = _walk(folder, DEPTH) if isinstance(folder, Path) else _members(folder)
    files = list(itertools.islice(found, MOST_FILES + 1))
    if len(files) > MOST_FILES:
        raise DatasetError(f"{folder} has more than {MOST_FILES:,} files, the limit.")
    return sorted(files, key=str)


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(entry, depth - 1) if depth else ()
        else:
            yield entry


def _members(archive: zipfile.Path) -> Iterator[zipfile.Path]:
    """All files of an archive; listing folder by folder would search all names each time."""
    for name in archive.root.namelist():
        hidden = name.startswith((".", "__MACOSX/")) or "/." in name
        if not hidden and not name.endswith("/") and name.count("/") <= DEPTH:
            yield zipfile.Path(archive.root, name)


def _only_table(folder: Source, tables: Sequence[Source], split: str) -> Source:
    named = [file for file in tables if SPLITS[split].search(file.name.lower())]
    chosen = tables if len(tables) == 1 else named
    if len(chosen) != 1:
        names = ", ".join(file.name for file in tables[:4])
        raise DatasetError(f"{folder} has several files ({names}); name the one to read.")
    return chosen[0]


def _read_images(folder: Source, images: Sequence[Source], split: str) -> Contents:
    """All images, or those of one split, if folders divide them."""

    def is_of_split(file: Source) -> bool:
        above = image_folders.below(folder, file).rpartition("/")[0]
        return SPLITS[split].search(above.lower()) is not None

    inside = [file for file in images if is_of_split(file)] or images
    found = image_folders.read(folder, inside)
    if len(inside) < len(images):
        notes = f"Of {len(images):,} images the {len(inside):,} of the {split} set were read."
        found.assumptions.append(notes)
    return found
