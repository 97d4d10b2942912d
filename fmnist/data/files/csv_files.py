"""A table of text, one image a line -> contents: CSV and the like, with any column for the label."""

import csv
import dataclasses
import io
import itertools
import re
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow
import pyarrow.compute
import pyarrow.csv

from fmnist.data.dataset import DatasetError

from . import columns, csv_lines, limits, opening
from .contents import Contents, form_of
from .opening import Source
from .tables import Table, compact, to_contents

MOST_NOTES = 50  # lines before the table
SEPARATORS = ",;\t| "
FEWEST = limits.SMALLEST_SIDE**2 - 1  # separators in a line
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.IGNORECASE)
TEXT = pyarrow.string()


@dataclasses.dataclass(frozen=True)
class Layout:
    """How the lines of a file are written."""

    separator: str
    decimal_point: str
    names: Sequence[str]  # of all columns; "" where the file has none
    has_header: bool
    first_line: int  # of the data, from 1


def read(path: Source) -> Contents:
    """Read a table of an image a line, with or without header, label and id.

    60,000 images of whole numbers take about two seconds.

    Raises:
        DatasetError: in one sentence, which line and value is wrong, and what was expected.
    """
    layout = _layout(path)
    candidates = columns.by_name(path, layout.names, layout.has_header)
    try:
        table = _table(path, layout, candidates, pyarrow.uint8())
    except pyarrow.ArrowInvalid:
        table = _table(path, layout, candidates, pyarrow.float32())
    if not len(table.numbers):
        raise _no_images(path)
    found = to_contents(path, table, candidates)
    if not layout.has_header:
        found.assumptions.insert(0, "The table has no header line.")
    return found


def _layout(path: Source) -> Layout:
    """How the file is written, by its first two lines that are not notes."""
    start = itertools.islice(csv_lines.lines(path), MOST_NOTES)
    lines = list(itertools.dropwhile(lambda line: _is_note(line[1]), start))[:2]
    if not lines:
        raise _no_images(path)
    (number, line), last = lines[0], lines[-1][1]
    separator = next((s for s in SEPARATORS if _are_columns(line.count(s) + 1)), "")
    separator = separator or max(SEPARATORS, key=line.count)
    first, second = _cells(line, separator), _cells(last, separator) if last != line else []
    decimal_point = "," if separator != "," and "," in last else "."
    has_header = _is_header(first, second)
    names = [name.strip(" #'") for name in first] if has_header else [""] * len(first)
    return Layout(separator, decimal_point, names, has_header, number + has_header)


def _are_columns(count: int) -> bool:
    """Whether a table of images may have so many: with a label and an id, or without."""
    return any(form_of(count - extra) for extra in range(3))


def _is_note(line: str) -> bool:
    """Whether a line before the table is a comment, or Excel's `sep=;`."""
    return line.startswith(("#", "sep=")) and max(map(line.count, SEPARATORS)) < FEWEST


def _is_header(first: list[str], second: list[str]) -> bool:
    """Whether a line holds names: words, or more different cells than an image has grey values."""
    words = sum(NUMBER.fullmatch(cell) is None for cell in first)
    ends = [columns.plain(cell) for cell in (first[0], first[-1])]
    different = len(set(first)) == len(first) > FEWEST and len(set(second)) < len(second)
    return different or words > len(first) / 2 or any(end in columns.LABEL_NAMES for end in ends)


def _cells(line: str, separator: str) -> list[str]:
    """The cells of one line; [] of an empty one."""
    if separator == " ":
        line = " ".join(line.split())
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a cell is too long to be one of a table of images: the columns will not fit
        return line.split(separator)


def _table(
    path: Source, layout: Layout, candidates: columns.Candidates, kind: pyarrow.DataType
) -> Table:
    """The whole file, its pixels of that type.

    Raises:
        pyarrow.ArrowInvalid: a value is not of that type.
        DatasetError: a value is not a number.
    """
    textual = sorted(candidates.others + candidates.open)
    numeric = [column for column in candidates.pixels if column not in textual]
    numbers: list[np.ndarray] = []
    texts: dict[int, list[str]] = {column: [] for column in textual}
    blocks = _parsed(path, layout, dict.fromkeys(numeric, kind) | dict.fromkeys(textual, TEXT))
    for block in opening.counting(path, blocks, candidates.count):
        pixels = np.stack([block[str(column)].to_numpy() for column in numeric], axis=1)
        numbers.append(compact(pixels))
        for column in textual:
            texts[column] += _short_texts(path, block[str(column)], layout.names, column)
    empty = np.empty((0, len(numeric)), np.uint8)
    table = Table(np.concatenate(numbers) if numbers else empty, texts)
    table.row_place = lambda row: f"line {_line_of(path, layout, row)}"
    return table


def _short_texts(
    path: Source, values: pyarrow.ChunkedArray, names: Sequence[str], column: int
) -> list[str]:
    """The texts of a column; long ones are refused, because they could take any amount of memory."""
    if (pyarrow.compute.max(pyarrow.compute.binary_length(values)).as_py() or 0) > limits.LABEL:
        raise DatasetError(
            f"{path}, {columns.in_words(names, column)} has more than {limits.LABEL} characters in "
            "a line; expected a label, an id or a number."
        )
    return list(values.to_pylist())


def _parsed(
    path: Source, layout: Layout, types: dict[int, pyarrow.DataType]
) -> Iterator[pyarrow.Table]:
    """The file block by block, which bounds memory for a file of any length."""
    names = [str(column) for column in range(len(layout.names))]
    read = pyarrow.csv.ReadOptions(
        column_names=names, use_threads=False, block_size=4 * csv_lines.BLOCK
    )
    parse = pyarrow.csv.ParseOptions(delimiter=layout.separator)
    convert = pyarrow.csv.ConvertOptions(
        column_types={str(column): kind for column, kind in types.items()},
        null_values=[],
        strings_can_be_null=False,
        decimal_point=layout.decimal_point,
    )
    for line, block in _blocks(path, layout):
        try:
            rows = pyarrow.csv.read_csv(io.BytesIO(block), read, parse, convert)
        except pyarrow.ArrowInvalid:
            if pyarrow.uint8() in types.values():
                raise
            number, what = _fault(layout, block, types)
            raise DatasetError(f"{path}, line {line + number}{what}") from None
        yield rows


def _blocks(path: Source, layout: Layout) -> Iterator[tuple[int, bytes]]:
    """Whole lines of data, about BLOCK bytes at a time, and the number of the first, from 1."""
    for line, block in csv_lines.blocks(path):
        if line < layout.first_line:
            after = block.split(b"\n", layout.first_line - line)[layout.first_line - line :]
            line, block = layout.first_line, b"".join(after)
        if layout.separator == " ":
            block = re.sub(rb" +", b" ", re.sub(rb"(?m)^ +| +$", b"", block))
        if block.strip():
            yield line, block if block.isascii() else block.decode(errors="replace").encode()


def _fault(layout: Layout, block: bytes, types: dict[int, pyarrow.DataType]) -> tuple[int, str]:
    """The first error in lines of data: the number of the line, from 0, and the error."""
    for number, line in enumerate(block.decode().split("\n")):
        cells = _cells(line, layout.separator)
        if cells and len(cells) != len(types):
            return number, f" has {_columns(cells)}; expected {len(types)}, like the first line."
        for column, cell in enumerate(cells):
            text = cell.replace(layout.decimal_point, ".")
            if types[column] != TEXT and not NUMBER.fullmatch(text):
                name = columns.in_words(layout.names, column)
                return number, f", {name} is {cell[:30]!r}; expected a number from 0 to 255."
    return (
        0,
        f" or one after it cannot be read; expected numbers separated by {layout.separator!r}.",
    )


def _columns(cells: list[str]) -> str:
    return opening.counted(len(cells), "column")


def _line_of(path: Source, layout: Layout, row: int) -> int:
    """The number of the line, from 1, that holds a row, from 0."""
    for first, block in _blocks(path, layout):
        for number, line in enumerate(block.split(b"\n"), first):
            row -= bool(line.strip())
            if row < 0:
                return number
    raise IndexError(row)


def _no_images(path: Source) -> DatasetError:
    return DatasetError(f"{path} has no images; expected one per line: a label and its pixels.")
