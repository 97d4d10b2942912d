"""Parquet -> contents: a column of image files, like on the Hugging Face hub, or a column per pixel."""

import dataclasses
import json
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet

from fmnist.data.dataset import DatasetError

from . import columns, opening
from .contents import Contents, form_of
from .encoded_images import EncodedImage
from .opening import Source
from .tables import Table, compact, to_contents

AT_ONCE = 64 << 20  # most bytes that a batch may take
MOST_ROWS = 1024  # in a batch
LARGEST_CHUNK = 1 << 30  # bytes of one column in one row group, unpacked


@dataclasses.dataclass(frozen=True)
class Rows(Collection[EncodedImage]):
    """Image files in a column, which are read as they are needed."""

    path: Source
    count: int
    image: str  # the names of the columns
    label: str | None

    def __len__(self) -> int:
        """How many rows there are."""
        return self.count

    def __iter__(self) -> Iterator[EncodedImage]:
        """The image files, in their order.

        Raises:
            DatasetError: the file is damaged.
        """
        with opening.opened(self.path) as source:
            try:
                file = pyarrow.parquet.ParquetFile(pyarrow.PythonFile(source, "r"))
                row = 0
                for batch in _batches(self.path, file, [self.image, *filter(None, [self.label])]):
                    labels = batch[self.label].to_pylist() if self.label else [None] * len(batch)
                    names = _class_names(file.schema_arrow, self.label, labels)
                    for image, name in zip(batch[self.image], names, strict=True):
                        row += 1
                        yield self._encoded(row, image.as_py(), name)
            except (pyarrow.ArrowException, OSError) as error:
                raise opening.damaged(self.path, error) from None

    def __contains__(self, encoded: object) -> bool:
        """Whether one is among them."""
        return any(encoded == each for each in self)

    def _encoded(self, row: int, value: Any, name: str) -> EncodedImage:
        content = value.get("bytes") if isinstance(value, dict) else value
        return EncodedImage(
            f"row {row:,}", name, lambda: content or b"", f"row {row:,}, {self.label}"
        )


def read(path: Source) -> Contents | Rows:
    """Read a column of image files or of lists of pixels, and one of labels; or a column for each pixel.

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


def _read(path: Source, file: pyarrow.parquet.ParquetFile) -> Contents | Rows:
    schema = file.schema_arrow
    images = [field.name for field in schema if _holds_images(field.type)]
    if not file.metadata.num_rows:
        raise DatasetError(f"{path} has no images; expected one per row.")
    if images:
        label = _label(schema, images[0])
        if _holds_lists(schema.field(images[0]).type):
            return _read_lists(path, file, images[0], label)
        return Rows(path, file.metadata.num_rows, images[0], label)
    candidates = columns.by_name(path, schema.names, True)
    return to_contents(path, _table(path, file, candidates), candidates)


def _holds_images(kind: pyarrow.DataType) -> bool:
    """Whether a column holds image files (as bytes, alone or with a path) or lists of pixels."""
    if pyarrow.types.is_struct(kind):
        return bool(kind.get_field_index("bytes") >= 0)
    binary = (pyarrow.types.is_binary, pyarrow.types.is_large_binary)
    return _holds_lists(kind) or any(is_kind(kind) for is_kind in binary)


def _holds_lists(kind: pyarrow.DataType) -> bool:
    lists = (pyarrow.types.is_list, pyarrow.types.is_large_list, pyarrow.types.is_fixed_size_list)
    return any(is_kind(kind) for is_kind in lists)


def _label(schema: pyarrow.Schema, image: str) -> str | None:
    """The column of labels, by its name, or as one that has names of classes."""
    names = [name for name in schema.names if name != image]
    by_name = [n for wanted in columns.LABEL_NAMES for n in names if columns.plain(n) == wanted]
    return next(iter(by_name + [name for name in names if _names(schema, name)]), None)


def _read_lists(
    path: Source, file: pyarrow.parquet.ParquetFile, image: str, label: str | None
) -> Contents:
    """A column of lists of numbers, one for each image, also in rows and channels."""
    pixels: list[np.ndarray] = []
    labels: list[Any] = []
    for batch in _batches(path, file, [image, *filter(None, [label])]):
        pixels += [
            _numbers(f"{path}, row {len(pixels) + number}", value, pixels[0].size if pixels else 0)
            for number, value in enumerate(batch[image].to_pylist(), 1)
        ]
        labels += batch[label].to_pylist() if label else []
    found = Contents(np.stack(pixels))
    found.label_place = lambda row: f"row {row + 1:,}, {label}"
    if label:
        found.labels = _class_names(file.schema_arrow, label, labels)
    found.unlabelled = f"it has no column of labels beside {image[:30]!r}"
    return found


def _numbers(where: str, value: object, expected: int) -> np.ndarray:
    """One image's numbers, (N,)."""
    try:
        numbers = compact(np.array(value, np.float32)).reshape(-1)
    except (ValueError, TypeError):
        numbers = np.empty(0, np.uint8)
    if not form_of(numbers.size) or numbers.size != (expected or numbers.size):
        raise DatasetError(
            f"{where} has {numbers.size} pixels; expected {expected or '784, or another square'}."
        )
    return numbers


def _names(schema: pyarrow.Schema, label: str | None) -> list[str] | None:
    """The names of a column's classes that the Hugging Face library wrote beside the columns."""
    try:
        names = json.loads(schema.metadata[b"huggingface"])["info"]["features"][label]["names"]
    except (KeyError, TypeError, ValueError):
        return None
    return names if isinstance(names, list) else None


def _class_names(schema: pyarrow.Schema, label: str | None, values: list[Any]) -> list[str]:
    """Labels as names of classes, or as they are; "" where there is none."""
    names = _names(schema, label)
    if names is None:
        return ["" if value is None else str(value) for value in values]
    numbers = range(len(names))  # test images without labels have -1
    return [str(names[value]) if value in numbers else "" for value in values]


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
            f"{path}, column {name[:30]!r} has values that are not numbers; expected 0 to 255."
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
