"""The lines of a text file of any encoding and length, within bounds of memory and time."""

import codecs
import contextlib
from collections.abc import Iterator
from typing import IO

from fmnist.data.dataset import DatasetError

from . import limits, opening
from .opening import Source

BLOCK = 4 << 20  # bytes at a time
MOST_LINES = limits.IMAGES + limits.BLANK_LINES
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def blocks(path: Source) -> Iterator[tuple[int, bytes]]:
    r"""All lines, about BLOCK bytes at a time, and the number of each block's first, from 1.

    They end in \n and are UTF-8, whatever the file has.
    """
    rest, line = b"", 1
    with _as_utf8(path) as file:
        while data := opening.read(path, file, BLOCK):
            data = (rest + data).replace(b"\r\n", b"\n")
            held = b"\r" if data.endswith(b"\r") else b""  # its \n may be next
            data = data.removesuffix(held).replace(b"\r", b"\n")
            cut = data.rfind(b"\n") + 1
            rest = data[cut:] + held
            if len(rest) > limits.LINE:
                line += data.count(b"\n")
                raise DatasetError(
                    f"{path}, line {line} has more than {limits.LINE:,} characters; "
                    "expected a label and the pixels of an image."
                )
            yield line, data[:cut]
            line += data.count(b"\n")
            if line > MOST_LINES:
                raise DatasetError(
                    f"{path} has more than {MOST_LINES:,} lines; expected one per image."
                )
    yield line, rest.replace(b"\r", b"\n")


def lines(path: Source) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, and their numbers, from 1."""
    for first, block in blocks(path):
        for number, line in enumerate(block.split(b"\n"), first):
            if line.strip():
                yield number, line[: limits.LINE].decode(errors="replace")


@contextlib.contextmanager
def _as_utf8(path: Source) -> Iterator[IO[bytes]]:
    """The file's bytes without a byte order mark, converted to UTF-8 if that mark is of UTF-16."""
    with opening.opened(path) as file:
        start = opening.read(path, file, 3)
        file.seek(len(codecs.BOM_UTF8) if start == codecs.BOM_UTF8 else 0)
        if start[:2] in UTF_16:
            yield codecs.EncodedFile(file, "utf-8", "utf-16", errors="replace")
        else:
            yield file
