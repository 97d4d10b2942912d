"""Damaged and hostile tables, arrays and archives of images: images, or a sentence."""

import contextlib
import functools
import gzip
import io
import random
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from PIL import Image

from fmnist.data.dataset import DatasetError
from fmnist.data.files import photos, reader
from fmnist.data.files.encoded_images import content_of
from fmnist.data.image_files import ImageFileError
from fmnist.preprocessing import adding

from ..data_inputs import HEADER, IMAGES, LABELS, cells
from .bounds import ends_well, tried
from .damage import HUGE, chances, damaged

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3_600),
    pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning"),
]

VALUES = (
    "",
    "nan",
    "inf",
    "-1",
    "256",
    "1e400",
    "0x10",
    "1,5",
    '"',
    "9" * 400,
    "\0",
    "=1+1",
    "<b>",
    "é",
    "\u202e",
)
NAMES = (
    *(
        "../out.png",
        "/tmp/out.png",
        "C:\\out.png",
        "a/../../out.png",
        "con.png",
        ".hidden.png",
        "a//b.png",
    ),
    *(
        "\u202egnp.exe",
        "<img src=x>.png",
        "a" * 250 + ".png",
        "a\n.png",
        "Ä/1.png",
        "labels.csv",
        "",
    ),
)


def table(chance: random.Random) -> bytes:
    """A CSV file, some of whose cells hold something else."""
    rows = (
        [[*HEADER], *cells(IMAGES[:20], LABELS[:20])]
        if chance.random() < 0.5
        else cells(IMAGES[:20], LABELS[:20])
    )
    for _ in range(chance.choice((0, 1, 30))):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice(VALUES)
    for _ in range(chance.choice((0, 0, 1))):
        chance.choice(rows).extend([7] * chance.choice((1, 100_000)))
    lines = "\n".join(chance.choice(",,;\t").join(map(str, row)) for row in rows)
    lines = chance.choice(("", "", "\n" * 20_000, "# note\n" * 3, "\ufeff")) + lines
    return lines.encode(chance.choice(("utf-8", "utf-8", "utf-16", "latin-1")), "replace")


def promising_table(chance: random.Random) -> bytes:
    """A small file that unpacks to much."""
    return gzip.compress(
        chance.choice((b"0,", b"\n", b"0\n", b" ", b"a")) * chance.choice((10**6, 10**8)), 1
    )


def idx(chance: random.Random) -> bytes:
    """An IDX file whose header may promise anything."""
    shape = [20, 28, 28]
    for _ in range(chance.choice((0, 1, 2))):
        shape[chance.randrange(3)] = chance.choice(HUGE)
    kind = chance.choice((0x803, 0x803, 0x801, 0xD03, 0x8FF))
    content = struct.pack(">4I", kind, *shape) + IMAGES[:20].tobytes()
    return gzip.compress(content, 1) if chance.random() < 0.3 else content


def arrays(chance: random.Random) -> bytes:
    """An .npz file, whose arrays may be of any kind and promise any shape."""
    kind = chance.choice((np.uint8, np.float32, np.int64, np.complex64, "U3", object))
    file = io.BytesIO()
    np.savez(file, x_test=IMAGES[:20].astype(kind), y_test=LABELS[:20])
    if chance.random() < 0.5:
        return file.getvalue()
    shape = tuple(chance.choices(HUGE, k=3))
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}"
    text = header.encode().ljust(117) + b"\n"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "x_test.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + bytes(1_000)
        )
    return file.getvalue()


def archive(chance: random.Random) -> bytes:
    """A ZIP file of images in folders, with names that would lead out, links, copies, and files that unpack to much."""
    file = io.BytesIO()
    with zipfile.ZipFile(
        file, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    ) as made:
        for number in range(chance.choice((0, 4, 40))):
            made.writestr(f"{'ab'[number % 2]}/{number}.png", drawing(number))
        for _ in range(chance.choice((0, 1, 5))):
            entry = zipfile.ZipInfo(chance.choice(NAMES) or "x")
            entry.external_attr = chance.choice((0, 0o120777, 0o060666)) << 16
            made.writestr(
                entry, chance.choice((b"", b"/etc/passwd", drawing(1), damaged(drawing(2), chance)))
            )
        for _ in range(chance.choice((0, 0, 0, 1))):
            made.writestr("a/large.png", bytes(chance.choice((10**6, 10**8))), zipfile.ZIP_DEFLATED)
        for number in range(chance.choice((0,) * 20 + (50_000,))):
            made.writestr(f"a/{number}.txt", b"")
    return file.getvalue()


def drawing(number: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(IMAGES[number]).save(file, "PNG")
    return file.getvalue()


def decode_all(path: Path) -> None:
    for photo in photos.photos_in(path).photos:
        with contextlib.suppress(ImageFileError):
            content_of(photo)


def ends_in_data_or_a_sentence(path: Path, content: bytes) -> None:
    """Whatever is done with such a file: evaluated, made a data set, predicted photo by photo."""
    path.write_bytes(content)
    for use in (reader.read, adding.propose, decode_all):
        ends_well(functools.partial(use, path), DatasetError, content)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@tried(0.2)
@given(chance=chances)
def test_a_damaged_table(tmp_path_factory, chance):
    content = promising_table(chance) if chance.random() < 0.03 else table(chance)
    if chance.random() < 0.5:
        content = damaged(content, chance)
    name = chance.choice(("my.csv", "my.csv.gz", "my.txt", "my"))
    ends_in_data_or_a_sentence(tmp_path_factory.mktemp("table") / name, content)


@tried(0.15)
@given(chance=chances)
def test_a_damaged_file_of_arrays(tmp_path_factory, chance):
    kind, names = chance.choice(
        ((idx, ("t10k-images-idx3-ubyte", "my.gz")), (arrays, ("my.npz", "my.zip")))
    )
    content = kind(chance)
    if chance.random() < 0.6:
        content = damaged(content, chance)
    ends_in_data_or_a_sentence(tmp_path_factory.mktemp("arrays") / chance.choice(names), content)


@tried(0.15)
@given(chance=chances)
def test_a_damaged_archive(tmp_path_factory, chance):
    content = archive(chance)
    if chance.random() < 0.5:
        content = damaged(content, chance)
    ends_in_data_or_a_sentence(tmp_path_factory.mktemp("archive") / "my.zip", content)
