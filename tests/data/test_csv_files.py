"""Tables of others: columns are found by name and value, or one sentence says where the fault is."""

import gzip
import time

import numpy as np
import pytest

from fmnist.data.files import reader

from ..data_inputs import (
    HEADER,
    IMAGES,
    LABELS,
    PIXEL_NAMES,
    cells,
    holds,
    label_last,
    refusal,
    said,
    write,
)

ROWS = cells()
BY_NAME = sorted(range(784), key=lambda i: PIXEL_NAMES[i])


def join(separator: str, rows: list[list]) -> list[list[str]]:
    return [[separator.join(map(str, row))] for row in rows]


STANDARDISED = (IMAGES / 255 - 0.286) / 0.353
GRID = [f"{i // 28 + 1}x{i % 28 + 1}" for i in range(784)]
R_NAMES = [f'"V{i}"' for i in range(1, 786)]
FIRST = [str(value) for value in ROWS[0]]
MANGLED = [  # as pandas names columns after a first line of data
    f"{value}.{FIRST[:i].count(value)}".removesuffix(".0") for i, value in enumerate(FIRST)
]


@pytest.mark.parametrize("name", ["test.csv", "test.csv.gz"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_the_data_sets_own_form_is_read_without_assumptions(tmp_path, name, end):
    text = end.join(",".join(map(str, row)) for row in [HEADER, *ROWS, []])
    found = reader.read(write(tmp_path / name, text))
    holds(found)
    assert found.assumptions == ()


@pytest.mark.parametrize(
    ("rows", "assumed"),
    {
        "no header": (ROWS, "column 1"),
        "label last": (label_last([HEADER, *ROWS]), "column 785"),
        "class last": ([[*PIXEL_NAMES, "class"], *label_last(ROWS)], "column 785 (class)"),
        "no header, label last": (label_last(ROWS), "column 785"),
        "numeric header, label last": ([list(range(785)), *label_last(ROWS)], "column 785"),
        "numeric header, label first": ([list(range(785)), *ROWS], "column 1 (0)"),
        "numbers of pixels": ([["label", *range(784)], *ROWS], ""),
        "mangled header": ([MANGLED, *ROWS], "column 1"),
        "sorted by name": (
            [
                ["label", *(PIXEL_NAMES[i] for i in BY_NAME)],
                *([row[0], *(row[1 + i] for i in BY_NAME)] for row in ROWS),
            ],
            "not in numerical order",
        ),
        "pixel_0": ([["y", *(f"pixel_{i}" for i in range(784))], *ROWS], ""),
        "row x column": ([["Label", *GRID], *ROWS], ""),
        "row names of R": (
            [['""', *R_NAMES], *([f'"{n}"', *row] for n, row in enumerate(ROWS, 1))],
            "column 2 (V1)",
        ),
        "id and label": (
            [["id", *HEADER], *([f"a{n}", *row] for n, row in enumerate(ROWS))],
            "column 2",
        ),
        "index and label, no header": ([[n, *row] for n, row in enumerate(ROWS)], "column 2"),
        "an empty last column": ([[*row, ""] for row in ROWS], "column 1"),
        "after a comment": ([["# made by me"], [], HEADER, *ROWS], ""),
        "after Excel's note": ([["sep=;"], [";".join(HEADER)], *join(";", ROWS)], ""),
        "semicolons": (";", ""),
        "tabs": ("\t", ""),
        "spaces": (" ", ""),
        "from 0 to 1": ([HEADER, *cells(IMAGES / 255)], "Pixels go from 0 to 1"),
        "from -1 to 1": ([HEADER, *cells(IMAGES / 127.5 - 1)], "Pixels go from -1 to 1"),
        "standardised": ([HEADER, *cells(STANDARDISED.round(6))], "as if standardized"),
        "fractions of zero": ([HEADER, *cells(IMAGES.astype(float))], ""),
        "labels 9.0": ([HEADER, *cells(labels=LABELS.astype(float))], ""),
        "labels class_9": ([HEADER, *cells(labels=[f"class_{y}" for y in LABELS])], ""),
        "labels b'9'": ([HEADER, *cells(labels=[f"b'{y}'" for y in LABELS])], ""),
    }.values(),
    ids=lambda value: None,
)
def test_another_form_is_read_and_what_was_assumed_is_said(tmp_path, rows, assumed):
    separator = rows if isinstance(rows, str) else ","
    rows = [HEADER, *ROWS] if isinstance(rows, str) else rows
    found = reader.read(write(tmp_path / "test.csv", rows, separator))
    holds(found)
    assert assumed in said(found)
    assert bool(assumed) == bool(found.assumptions)


@pytest.mark.parametrize("names", [("T-shirt/top", "Trouser"), ("tshirt", "TROUSERS")])
@pytest.mark.parametrize("header", [[HEADER], []], ids=["header", "no header"])
def test_labels_may_be_class_names(tmp_path, names, header):
    chosen = np.flatnonzero(LABELS <= 1)
    rows = cells(IMAGES[chosen], [names[label] for label in LABELS[chosen]])
    found = reader.read(write(tmp_path / "test.csv", [*header, *rows]))
    np.testing.assert_array_equal(found.labels, LABELS[chosen])
    np.testing.assert_array_equal(found.images, IMAGES[chosen])


@pytest.mark.parametrize("header", [[["id", *PIXEL_NAMES]], []], ids=["header", "no header"])
def test_a_table_with_an_id_and_no_label_has_images_and_ids(tmp_path, header):
    rows = [[number, *row[1:]] for number, row in enumerate(ROWS, 1)]
    found = reader.read(write(tmp_path / "test.csv", [*header, *rows]))
    holds(found, labels=False)
    assert found.ids == tuple(map(str, range(1, 61)))
    assert "column 1" in found.unlabelled


def test_a_table_of_pixels_alone_has_no_labels(tmp_path):
    holds(reader.read(write(tmp_path / "x.csv", cells(labels=None))), labels=False)


def test_a_table_as_spreadsheets_save_it_is_read(tmp_path):
    quoted = [[f'"{value}"' for value in row] for row in [HEADER, *ROWS]]
    holds(reader.read(write(tmp_path / "q.csv", "\ufeff" + "\r\n".join(map(",".join, quoted)))))
    text = "\r\n".join("\t".join(map(str, row)) for row in [HEADER, *ROWS])
    holds(reader.read(write(tmp_path / "u.txt", text.encode("utf-16"))))
    decimal_comma = [[str(value).replace(".", ",") for value in row] for row in cells(IMAGES / 255)]
    holds(reader.read(write(tmp_path / "de.csv", [HEADER, *decimal_comma], ";")))


def test_a_single_line_is_read_with_its_label_first(tmp_path):
    found = reader.read(write(tmp_path / "one.csv", ROWS[:1]))
    holds(found, 1)


def test_two_columns_that_may_be_the_label_are_refused_without_a_header(tmp_path):
    rows = [[*row[:-1], row[0]] for row in ROWS]
    assert "both the first and the last may be the label" in refusal(
        write(tmp_path / "a.csv", rows)
    )


def test_sixty_thousand_images_are_read_in_a_few_seconds(tmp_path):
    text = "\n".join(",".join(map(str, row)) for row in ROWS) + "\n"
    path = write(tmp_path / "train.csv", ",".join(HEADER) + "\n" + text * 1_000)
    begin = time.process_time()
    found = reader.read(path)
    assert time.process_time() - begin < 10  # about 2 s, however busy the machine
    assert (found.images.shape, found.labels.shape) == ((60_000, 28, 28), (60_000,))
    np.testing.assert_array_equal(found.images[-60:], IMAGES)


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        (0, "10", "line 3, column 1 (label) is '10'; expected a whole number from 0 to 9"),
        (0, "", "line 3, column 1 (label) is ''"),
        (0, "Sofa", "line 3, column 1 (label) is 'Sofa'; expected a whole number from 0 to 9 or"),
        (1, "300", "line 3, column 2 (pixel1) is '300'; expected numbers from 0 to 255"),
        (12, "-1", "line 3, column 13 (pixel12) is '-1'"),
        (784, "white", "line 3, column 785 (pixel784) is 'white'; expected a number"),
        (784, "nan", "line 3, column 785 (pixel784) is 'nan'"),
        (3, "9" * 50_000, "line 3, column 4"),
        (400, "0,0", "line 3 has 786 columns; expected 785"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\n\r\n", "\r"])
def test_a_wrong_value_is_named_by_line_and_column(tmp_path, column, value, fault, end):
    rows = [[str(cell) for cell in row] for row in [HEADER, *ROWS[:20]]]
    rows[2][column] = value
    fault = fault.replace("line 3", "line 5") if end == "\n\r\n" else fault
    assert fault in refusal(write(tmp_path / "test.csv", end.join(map(",".join, rows))))


@pytest.mark.parametrize("columns", [1, 10, 783, 788])
def test_a_wrong_number_of_columns_is_named(tmp_path, columns):
    rows = [(row * 2)[:columns] for row in ROWS]
    text = refusal(write(tmp_path / "test.csv", rows))
    assert f"has {columns} column" in text
    assert "expected 785" in text


@pytest.mark.parametrize("content", [",".join(HEADER), ",".join(HEADER) + "\n", "\n\n"])
def test_a_table_without_images_is_refused(tmp_path, content):
    assert "has no images" in refusal(write(tmp_path / "test.csv", content))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\n" * 100_000_000, "lines"),
        (b"1" * 100_000_000, "more than 400,000 characters"),
        (b"0," * 50_000_000, "more than 400,000 characters"),
        ((b"0," * 784 + b"0\n" + b"\n" * 500) * 1_000, "lines"),
    ],
    ids=["newlines", "one number", "one line", "blank lines"],
)
def test_what_is_too_long_is_refused_within_seconds(tmp_path, content, fault):
    path = tmp_path / "big.csv.gz"
    path.write_bytes(gzip.compress(content, 1))
    begin = time.process_time()
    assert fault in refusal(path)
    assert time.process_time() - begin < 15
