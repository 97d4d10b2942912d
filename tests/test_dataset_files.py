"""The data set in files of others: read whole, or one sentence that says where the fault is."""

import gzip
import struct
import time
from pathlib import Path

import numpy as np
import pytest

from fmnist import dataset_files, datasets

from .conftest import in_one_sentence

IMAGES, LABELS = (array[:50] for array in datasets.load("test"))
HEADER = ",".join(["label", *(f"pixel{number}" for number in range(1, 785))])


def lines(count: int = 3) -> list[str]:
    """The first test images as lines of CSV: label, pixel1 ... pixel784."""
    rows = np.column_stack([LABELS, IMAGES.reshape(-1, 784)])[:count]
    return [",".join(map(str, row)) for row in rows.tolist()]


def write(path: Path, content: str | bytes) -> Path:
    """A file of that content; gzipped if its name says so."""
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data, 1) if path.suffix == ".gz" else data)
    return path


def write_idx(folder: Path, images=IMAGES, labels=LABELS, prefix="t10k", ending="") -> Path:
    image_header = struct.pack(">4i", 2051, len(images), 28, 28)
    label_header = struct.pack(">2i", 2049, len(labels))
    write(folder / f"{prefix}-images-idx3-ubyte{ending}", image_header + images.tobytes())
    write(folder / f"{prefix}-labels-idx1-ubyte{ending}", label_header + labels.tobytes())
    return folder


def holds(found: tuple[np.ndarray, np.ndarray], count: int) -> None:
    images, labels = found
    assert images.dtype == labels.dtype == np.uint8
    np.testing.assert_array_equal(images, IMAGES[:count])
    np.testing.assert_array_equal(labels, LABELS[:count])


def refusal(path: Path, named: Path | None = None) -> str:
    with pytest.raises(datasets.DatasetError) as error:
        dataset_files.read(path)
    assert in_one_sentence(str(error.value))
    assert str(error.value).startswith(str(named or path))
    return str(error.value)


# CSV


@pytest.mark.parametrize("name", ["test.csv", "test.csv.gz"])
@pytest.mark.parametrize("first", [[], [HEADER]], ids=["no header", "header"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_csv_file_of_a_few_images_is_read(tmp_path, name, first, end):
    path = write(tmp_path / name, end.join([*first, *lines(), ""]))
    holds(dataset_files.read(path), 3)


def test_pixel_x_is_row_i_and_column_j_with_x_28_i_plus_j(tmp_path):
    pixels = ["0"] * 784
    pixels[28 * 5 + 9] = "200"  # counted from 0
    images, labels = dataset_files.read(write(tmp_path / "one.csv", "7," + ",".join(pixels)))
    assert np.argwhere(images).tolist() == [[0, 5, 9]]
    assert (images[0, 5, 9], labels.tolist()) == (200, [7])


def test_a_table_as_spreadsheets_save_it_is_read(tmp_path):
    quoted = [",".join(f'"{value}"' for value in line.split(",")) for line in [HEADER, *lines()]]
    path = write(tmp_path / "test.csv", "\ufeff" + "\r\n".join(quoted) + "\r\n\r\n")
    holds(dataset_files.read(path), 3)


def test_sixty_thousand_images_are_read_in_a_few_seconds(tmp_path):
    path = write(tmp_path / "train.csv", "\n".join([HEADER] + lines(50) * 1_200))
    begin = time.process_time()
    images, labels = dataset_files.read(path)
    assert time.process_time() - begin < 10  # about 1.5 s, however busy the machine
    assert (images.shape, labels.shape) == ((60_000, 28, 28), (60_000,))
    np.testing.assert_array_equal(images[-50:], IMAGES)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (0, "10", "line 3, column 1 (label) is '10'; a whole number from 0 to 9 is right"),
        (0, "", "line 3, column 1 (label) is ''"),
        (1, "300", "line 3, column 2 (pixel1) is '300'; a whole number from 0 to 255 is right"),
        (12, "1.5", "line 3, column 13 (pixel12) is '1.5'"),
        (12, "-1", "line 3, column 13 (pixel12) is '-1'"),
        (784, "white", "line 3, column 785 (pixel784) is 'white'"),
        (784, "nan", "line 3, column 785 (pixel784) is 'nan'"),
        (3, "9" * 50_000, "line 3, column 4 (pixel3) is '999"),
        (400, "0,0", "line 3 has 786 columns; 785 are right"),
    ],
)
def test_a_wrong_value_is_named_by_line_and_column(tmp_path, column, value, said):
    rows = [HEADER, *lines()]
    values = rows[2].split(",")
    values[column] = value
    rows[2] = ",".join(values)
    for end in ("\n", "\r"):
        assert said in refusal(write(tmp_path / "test.csv", end.join(rows)))


def test_a_class_name_in_the_place_of_its_number_is_named_also_in_the_first_line(tmp_path):
    first, *rest = lines()
    named = ",".join(["Sneaker", *first.split(",")[1:]])
    said = refusal(write(tmp_path / "test.csv", "\n".join([named, *rest])))
    assert "line 1, column 1 (label) is 'Sneaker'; a whole number from 0 to 9 is right" in said


@pytest.mark.parametrize("columns", [1, 784, 786])
def test_a_wrong_number_of_columns_is_told(tmp_path, columns):
    rows = [",".join((line.split(",") * 2)[:columns]) for line in lines()]
    said = refusal(write(tmp_path / "test.csv", "\n".join(rows)))
    assert f"line 1 has {columns} column" in said
    assert "785 are right" in said


def test_a_label_that_is_not_the_first_column_is_told(tmp_path):
    rows = [",".join([*line.split(",")[1:], line.split(",")[0]]) for line in [HEADER, *lines()]]
    said = refusal(write(tmp_path / "test.csv", "\n".join(rows)))
    assert "label in column 785; it must be column 1" in said


@pytest.mark.parametrize("content", ["", HEADER, HEADER + "\n", "\n\n"])
def test_a_csv_file_without_images_is_told(tmp_path, content):
    assert "has no images" in refusal(write(tmp_path / "test.csv", content))


def test_more_images_than_the_limit_are_refused_before_all_are_read(tmp_path):
    thousand = gzip.compress(("0," * 784 + "0\n").encode() * 1_000, 1)
    path = tmp_path / "big.csv.gz"
    path.write_bytes(thousand * 2_000)  # two million images
    assert "has more than 250,000 images" in refusal(path)


def test_something_else_under_the_name_of_a_csv_file_is_told(tmp_path):
    picture = bytes(range(256)) * 500
    assert "785 are right" in refusal(write(tmp_path / "test.csv", picture))
    assert "785 are right" in refusal(write(tmp_path / "zeros.csv.gz", bytes(50_000_000)))


def test_a_gzip_file_that_was_cut_short_is_told(tmp_path):
    path = write(tmp_path / "test.csv.gz", "\n".join([HEADER, *lines(50)]))
    path.write_bytes(path.read_bytes()[:-2_000])
    assert "damaged or cut short" in refusal(path)


def test_a_missing_file_is_told(tmp_path):
    assert "cannot be read: No such file" in refusal(tmp_path / "test.csv")


# IDX


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_an_idx_folder_of_any_number_of_images_is_read(tmp_path, ending):
    write_idx(tmp_path, IMAGES[:7], LABELS[:7], ending=ending)
    holds(dataset_files.read(tmp_path), 7)


def test_each_split_has_its_pair_of_files(tmp_path):
    write_idx(tmp_path)
    write_idx(tmp_path, IMAGES[:5], LABELS[:5], prefix="train")
    holds(dataset_files.read(tmp_path, "train"), 5)
    holds(dataset_files.read(tmp_path, "test"), 50)


def test_our_own_folder_is_one():
    for split in ("train", "test"):
        for found, expected in zip(
            dataset_files.read(datasets.FOLDER, split), datasets.load(split), strict=True
        ):
            np.testing.assert_array_equal(found, expected)


def load_mnist(path: Path, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """As `utils/mnist_reader.py` of https://github.com/zalandoresearch/fashion-mnist reads it."""
    with gzip.open(path / f"{kind}-labels-idx1-ubyte.gz", "rb") as file:
        labels = np.frombuffer(file.read(), dtype=np.uint8, offset=8)
    with gzip.open(path / f"{kind}-images-idx3-ubyte.gz", "rb") as file:
        images = np.frombuffer(file.read(), dtype=np.uint8, offset=16)
    return images.reshape(len(labels), 784), labels


@pytest.mark.parametrize(("kind", "split"), [("train", "train"), ("t10k", "test")])
def test_the_data_sets_own_reader_reads_our_folder(kind, split):
    images, labels = load_mnist(datasets.FOLDER, kind)
    np.testing.assert_array_equal(images.reshape(-1, 28, 28), datasets.load(split)[0])
    np.testing.assert_array_equal(labels, datasets.load(split)[1])


def test_a_folder_without_such_files_is_told(tmp_path):
    assert "has no t10k-images-idx3-ubyte.gz" in refusal(tmp_path)
    write_idx(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    assert "has no t10k-labels-idx1-ubyte.gz" in refusal(tmp_path)


def test_images_and_labels_of_different_counts_are_told(tmp_path):
    images = tmp_path / "t10k-images-idx3-ubyte"
    said = refusal(write_idx(tmp_path, labels=LABELS[:49]), images)
    assert "has 50 images but t10k-labels-idx1-ubyte has 49 labels" in said


def test_a_label_above_nine_is_named_by_its_byte(tmp_path):
    labels = LABELS.copy()
    labels[4] = 10
    said = refusal(write_idx(tmp_path, labels=labels), tmp_path / "t10k-labels-idx1-ubyte")
    assert "byte 12 (label 5) is 10; a label from 0 to 9 is right" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:-1], "has 39,199 bytes after its header, which promises 39,200"),
        (lambda data: data + b"0", "has more than 39,200 bytes"),
        (lambda data: data[:10], "ends within its header of 16 bytes"),
        (lambda data: b"", "ends within its header"),
        (lambda data: b"\0\0\x08\x01" + data[4:], "begins with 2049; the magic number 2051"),
        (lambda data: struct.pack(">4i", 2051, 50, 32, 32) + data[16:], "images of 32 x 32"),
        (lambda data: struct.pack(">4i", 2051, 2**31 - 1, 28, 28), "more than 250,000 images"),
        (lambda data: struct.pack(">4i", 2051, 0, 28, 28), "has no images"),
    ],
)
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_damaged_idx_file_is_told(tmp_path, ending, change, said):
    write_idx(tmp_path, ending=ending)
    path = tmp_path / f"t10k-images-idx3-ubyte{ending}"
    data = path.read_bytes()
    write(path, change(gzip.decompress(data) if ending else data))
    assert said in refusal(tmp_path, path)


def test_an_idx_gzip_file_that_was_cut_short_is_told(tmp_path):
    write_idx(tmp_path, ending=".gz")
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-100])
    assert "damaged or cut short" in refusal(tmp_path, path)
