"""Finds the pixels, the label and the id among the columns of a table."""

import dataclasses
import re
from collections.abc import Mapping, Sequence

import numpy as np

from fmnist.data.dataset import DatasetError

from .contents import form_of
from .label_values import number_of, whole_number

LABEL_NAMES = (
    *("label", "class", "target", "y", "category", "labels", "classlabel", "labelid", "classid"),
    *(
        "digit",
        "output",
        "clothing",
        "article",
        "item",
        "classname",
        "labelname",
        "ytrain",
        "ytest",
    ),
)
ID_NAMES = ("id", "index", "idx", "unnamed0", "imageid", "rowid", "sampleid", "row", "rownames", "")
NUMBERED = re.compile(r"(\D*?)[ _.\-]?(\d+)(?:(\D+)(\d+))?(\D*)")
MOST_LABELS = 100  # different labels of a table
MOST_DIFFERENT = 1000  # values that are looked at one by one
NUMERIC = re.compile(r"[-+.\deE]*|nan", re.IGNORECASE)
COMPACT = 1.5  # how many numbers a range of labels has for each that occurs; or it has at most
FEW = 11  # numbers
SHOWN = 20  # characters of a value in a message


@dataclasses.dataclass(frozen=True)
class Candidates:
    """The columns that may be pixels by their names.

    If the names do not distinguish pixels from others, `pixels` are all columns in order, and up to two
    at each end may be something else, which their values decide.
    """

    names: Sequence[str]  # of all columns; "" if the file has none
    pixels: list[int]
    others: list[int]
    notes: list[str]
    count: int  # numbers of an image: its pixels; in colour three for each

    @property
    def open(self) -> list[int]:
        """The columns at both ends whose values decide whether they are pixels."""
        extra = len(self.pixels) - self.count
        return self.pixels[:extra] + self.pixels[len(self.pixels) - extra :] if extra else []


@dataclasses.dataclass(frozen=True)
class Roles:
    """The roles of the columns."""

    pixels: list[int]  # `Candidates.count`, in the order of an image
    label: int | None
    id: int | None
    notes: list[str]


def by_name(path: object, names: Sequence[str], has_header: bool) -> Candidates:
    """Distinguish pixels from other columns by their names and their number.

    Args:
        path: the file, for messages.
        names: of all columns, in the file's order; "" without a header.
        has_header: whether the file names its columns.

    Raises:
        DatasetError: the columns are not those of images.
    """
    if has_header and (found := _numbered(names)):
        return found
    columns = list(range(len(names)))
    if has_header:
        named = [i for i in columns if plain(names[i]) in LABEL_NAMES + ID_NAMES]
        rest = [i for i in columns if i not in named]
        if form_of(len(rest)):
            notes = "The column names do not number the pixels; the order of the file was used."
            return Candidates(names, rest, named, [notes], len(rest))
        if named:
            raise DatasetError(
                f"{path} has {len(rest):,} columns beside {names[named[0]][:30]!r}; expected {EXPECTED}."
            )
    if count := next((len(names) - extra for extra in (1, 2, 0) if form_of(len(names) - extra)), 0):
        return Candidates(names, columns, [], [], count)
    raise DatasetError(
        f"{path} has {len(columns):,} column{'s' * (len(columns) != 1)} in its first line; expected 785, a "
        f"label and {EXPECTED}, separated by commas."
    )


EXPECTED = "784 pixels of 28 x 28, or those of another square (in colour three times as many)"


def _numbered(names: Sequence[str]) -> Candidates | None:
    """Columns called pixel1 ... pixel784, 28x28, 0 ... 783 and the like, in the order of their numbers."""
    groups: dict[tuple[str | None, ...], dict[tuple[int, ...], int]] = {}
    for column, name in enumerate(names):
        if match := NUMBERED.fullmatch(name.strip().lower()):
            before, first, between, second, after = match.groups()
            numbers = (int(first),) if second is None else (int(first), int(second))
            groups.setdefault((before, between, after), {})[numbers] = column
    for group in groups.values():
        order = sorted(group)
        columns = [group[numbers] for numbers in order]
        others = [column for column in range(len(names)) if column not in set(columns)]
        notes = [] if columns == sorted(columns) else [_REORDERED]
        if count := _numbered_pixels(order):
            return Candidates(names, columns, others, notes, count)
    return None


_REORDERED = "The pixel columns are not in numerical order; they were sorted by number."


def _numbered_pixels(order: list[tuple[int, ...]]) -> int:
    """How many of columns with these numbers are pixels; 0 if they are not those of an image.

    The label's and the id's columns may have numbers, too: 0 to 784, 1 to 785 or 786.
    """
    count, first = len(order), order[0][0]
    if first not in (0, 1):
        return 0
    if len(order[0]) == 2:
        form = form_of(count)
        side = form.side if form and not form.colour else 1
        is_grid = order == [(i // side + first, i % side + first) for i in range(count)]
        return count if side > 1 and is_grid else 0
    if order != [(first + i,) for i in range(count)]:
        return 0
    return next((count - extra for extra in (0, 1, 2) if form_of(count - extra)), 0)


def by_value(path: object, candidates: Candidates, texts: Mapping[int, Sequence[str]]) -> Roles:
    """Find the label's and the id's column, by name first and then by their values.

    Args:
        path: the file, for messages.
        candidates: of `by_name`.
        texts: the values of its columns `others` and `open`, (N,) each.

    Raises:
        DatasetError: two columns may be the label.
    """
    names, kinds = candidates.names, {column: _kind(values) for column, values in texts.items()}
    pixels, ends = _split(path, candidates, kinds)
    extra = [column for column in candidates.others + ends if kinds[column] != "empty"]
    named = [i for i in extra if plain(names[i]) in LABEL_NAMES]
    named.sort(key=lambda i: LABEL_NAMES.index(plain(names[i])))
    ids = [i for i in extra if i not in named and (kinds[i] == "id" or _is_id(names, i))]
    rest = [i for i in extra if i not in named + ids]
    like_labels = [i for i in rest if kinds[i] == "label" or (kinds[i] == "zeros" and i in ends)]
    label, id_column = (next(iter(found), None) for found in (named + like_labels, ids))
    notes = list(candidates.notes)
    if label is not None and not (label == 0 and named):
        notes.append(f"The label was taken from {in_words(names, label)}.")
    unused = [i for i in extra if i not in (label, id_column)]
    notes += [f"Not used: {in_words(names, column)}." for column in unused[:3]]
    return Roles(pixels, label, id_column, notes)


def in_words(names: Sequence[str], column: int) -> str:
    """ "column 785 (class)"."""
    return f"column {column + 1}" + (f" ({names[column][:30]})" if names[column] else "")


def _split(
    path: object, candidates: Candidates, kinds: dict[int, str]
) -> tuple[list[int], list[int]]:
    """The pixels and the other columns at the ends, by the best way to divide them."""
    columns = candidates.pixels
    extra = len(columns) - candidates.count
    if not extra:
        return columns, []
    ways = []
    for front in range(extra + 1):
        outside = columns[:front] + columns[front + candidates.count :]
        worth = sum(_WORTH[kinds[column]] for column in outside)
        ways.append((worth, -front, columns[front : front + candidates.count], outside))
    ways.sort(reverse=True)
    best, second = ways[0], ways[1]
    if best[0] < 0:
        raise DatasetError(
            f"{path} has {len(columns)} columns, and neither the first nor the last looks like a "
            "label or an id; name the label's column `label` in a header line."
        )
    if best[0] == second[0]:
        if kinds[columns[0]] == kinds[columns[-1]] == "zeros" and extra == 1:
            best = max(ways, key=lambda way: -way[1])  # the data set's own form: label first
        else:
            raise DatasetError(
                f"{path} has {len(columns)} columns, and both the first and the last may be the "
                "label; name the label's column `label` in a header line."
            )
    return best[2], best[3]


# How well a column at an end serves as a label or an id, in `_split`
_WORTH = {"label": 3.0, "id": 2.0, "zeros": 1.0, "empty": 2.0, "other": -10.0}


def _kind(values: Sequence[str]) -> str:
    """The kind of values: "label" (few different words, or small numbers that are mostly not 0), "zeros"
    (mostly 0, like an outer pixel), "id" (counted up, or different words), "empty" or "other"."""
    different, counts = np.unique(np.asarray(values, str), return_counts=True)
    if len(different) == 1 and not different[0].strip():
        return "empty"
    unique = len(different) == len(values) > 2
    if unique and _counts_up(values):
        return "id"
    found = list(zip(different[:MOST_DIFFERENT].tolist(), counts.tolist(), strict=False))
    if _are_labels(
        {text: count for text, count in found if whole_number(text) is not None}, values
    ):
        zeros = sum(count for text, count in found if whole_number(text) == 0)
        return "label" if zeros <= len(values) / 2 else "zeros"
    words = [count for text, count in found if not NUMERIC.fullmatch(text)]
    if sum(words) < len(values) / 2:
        return "other"
    are_names = number_of(different[0]) is not None or not unique
    return "label" if are_names and len(words) <= MOST_LABELS else "id" if unique else "other"


def _are_labels(counts: Mapping[str, int], values: Sequence[str]) -> bool:
    """Whether most values are few small whole numbers."""
    numbers = {whole_number(text) or 0 for text in counts}
    few = len(numbers) <= MOST_LABELS and sum(counts.values()) >= len(values) / 2
    return few and min(numbers) >= 0 and max(numbers) < max(FEW, COMPACT * len(numbers))


def _counts_up(values: Sequence[str]) -> bool:
    try:
        numbers = [int(float(value)) for value in values]
    except (ValueError, OverflowError):
        return False
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _is_id(names: Sequence[str], column: int) -> bool:
    """Whether a column's name is that of an id, or "" while other columns have names."""
    return any(names) and plain(names[column]) in ID_NAMES


def plain(name: str) -> str:
    """The letters and digits of a name, in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
