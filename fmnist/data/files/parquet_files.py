"""Parquet -> contents: a column of image files, like on the Hugging Face hub, or a column per pixel."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet

from fmnist.data.dataset import DatasetError

from . import columns, opening
from .contents import PIXELS, SIZE, Contents
from .image_folders import pixels_of
from .opening import Source
from .tables import Table, compact, to_contents

AT_ONCE = 64 << 20  # most bytes that a batch may take
MOST_ROWS = 1024  # in a batch
LARGEST_CHUNK = 1 << 30  # bytes of one column in one row group, unpacked


def read(path: Source) -> Contents:
    """Read a column of images and one of labels, or 784 columns of pixels.

    Raises:
        DatasetError: in one sentence, what is missing or wrong.
    """
    with opening.opened(path) as file:
        try:
            table = pyarrow.parquet.ParquetFile(pyarrow.PythonFile(file, "r"))
            opening.check_count(path, table.metadata.num_rows)
            return _read(path, table)
        except (pyarrow.ArrowException, OSError) as error:
            raise opening.damaged(path, error) from None


def _read(path: Source, file: pyarrow.parquet.ParquetFile) -> Contents:
    schema = file.schema_arrow
    images = [field.name for field in schema if _holds_images(field.type)]
    if not file.metadata.num_rows:
        raise DatasetError(f"{path} has no images; expected one per row.")
    if images:
        return _read_images(path, file, images[0])
    candidates = columns.by_name(path, schema.names, True)
    return to_contents(path, _table(path, file, candidates), candidates)


def _holds_images(kind: pyarrow.DataType) -> bool:
    """Whether a column holds image files (as bytes, alone or with a path) or lists of pixels."""
    if pyarrow.types.is_struct(kind):
        return bool(kind.get_field_index("bytes") >= 0)
    lists = (pyarrow.types.is_list, pyarrow.types.is_large_list, pyarrow.types.is_fixed_size_list)
    binary = (pyarrow.types.is_binary, pyarrow.types.is_large_binary)
    return any(is_kind(kind) for is_kind in lists + binary)


def _read_images(path: Source, file: pyarrow.parquet.ParquetFile, image: str) -> Contents:
    names = [name for name in file.schema_arrow.names if name != image]
    label = next(
        (n for wanted in columns.LABEL_NAMES for n in names if columns.plain(n) == wanted), None
    )
    pixels: list[np.ndarray] = []
    labels: list[object] = []
    resized: set[str] = set()
    for batch in _batches(path, file, [image, *filter(None, [label])]):
        for value in (scalar.as_py() for scalar in batch[image]):
            where = f"{path}, row {len(pixels) + 1}"
            pixels.append(_pixels(where, value, resized))
        labels += batch[label].to_pylist() if label else []
    found = Contents(np.stack(pixels))
    found.label_place = lambda row: f"row {row + 1:,}, {label}"
    found.assumptions += sorted(resized)
    if label:
        found.labels = [str(value) for value in _class_names(file.schema_arrow, label, labels)]
    found.unlabelled = f"it has no column of labels beside {image!r}"
    return found


def _pixels(where: str, value: object, resized: set[str]) -> np.ndarray:
    """(28, 28) of one value: {"bytes": ...}, bytes, or a list of numbers."""
    if isinstance(value, dict):
        value = value["bytes"]
    if isinstance(value, bytes):
        return pixels_of(where, value, resized)
    try:
        pixels = np.array(value, np.float32)
    except (ValueError, TypeError):
        pixels = np.empty(0, np.float32)
    if pixels.size != PIXELS:
        raise DatasetError(
            f"{where} has {pixels.size} pixels; expected {PIXELS}, or an image file."
        )
    return pixels.reshape(SIZE, SIZE)


def _class_names(schema: pyarrow.Schema, label: str, values: list[Any]) -> list[Any]:
    """Labels as the class names in the metadata of the Hugging Face library, if there are any."""
    try:
        features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
        names = features[label]["names"]
        return [names[value] for value in values]
    except (KeyError, TypeError, ValueError, IndexError):
        return values


def _table(
    path: Source, file: pyarrow.parquet.ParquetFile, candidates: columns.Candidates
) -> Table:
    """The table of one column per pixel: numbers of those that must be pixels, texts of the others."""
    textual = sorted(candidates.others + candidates.open)
    numeric = [column for column in candidates.pixels if column not in textual]
    names = candidates.names
    numbers: list[np.ndarray] = []
    texts: dict[int, list[str]] = {column: [] for column in textual}
    for batch in _batches(path, file, list(names)):
        numbers.append(np.stack([_column(path, batch, names[i]) for i in numeric], axis=1))
        for column in textual:
            texts[column] += ["" if v is None else str(v) for v in batch[names[column]].to_pylist()]
    return Table(np.concatenate(numbers), texts, lambda row: f"row {row + 1:,}")


def _column(path: Source, batch: pyarrow.RecordBatch, name: str) -> np.ndarray:
    values = batch[name]
    if values.null_count or not (
        pyarrow.types.is_integer(values.type) or pyarrow.types.is_floating(values.type)
    ):
        raise DatasetError(
            f"{path}, column {name!r} has values that are not numbers; expected 0 to 255."
        )
    return compact(values.to_numpy(zero_copy_only=False))


def _batches(
    path: Source, file: pyarrow.parquet.ParquetFile, names: list[str]
) -> Iterator[pyarrow.RecordBatch]:
    """Batches small enough for `AT_ONCE`, even if a file repeats one long value many times."""
    groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
    sizes = [
        group.column(i).total_uncompressed_size
        for group in groups
        for i in range(group.num_columns)
    ]
    if max(sizes) > LARGEST_CHUNK:
        raise DatasetError(
            f"{path} has {max(sizes) / 2**30:.1f} GB in one row group; at most "
            f"{LARGEST_CHUNK >> 30} GB is read."
        )
    rows = int(np.clip(AT_ONCE // max(1, *sizes), 1, MOST_ROWS))
    return opening.counting(path, file.iter_batches(rows, columns=names, use_threads=False))
