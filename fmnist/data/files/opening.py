"""The bytes of a file or of a zip's member, within bounds of memory and time."""

import contextlib
import gzip
import lzma
import sys
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sized
from pathlib import Path
from typing import IO, TypeVar, cast

from fmnist.data.dataset import DatasetError

from . import limits

Source = Path | zipfile.Path  # a member of a zip archive opens like a file
Block = TypeVar("Block", bound=Sized)

GZIP = b"\x1f\x8b"
# zipfile raises RuntimeError for a password and for a compression that it does not have
DAMAGED = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    RuntimeError,
    UnicodeError,
)
PATIENCE = 2.0  # seconds until progress is shown on a terminal


@contextlib.contextmanager
def opened(path: Source) -> Iterator[IO[bytes]]:
    """Open a file, unpacking gzip whatever its name.

    Raises:
        DatasetError: it cannot be opened.
    """
    with contextlib.ExitStack() as files:
        try:
            file = files.enter_context(path.open("rb"))
            packed = file.read(2) == GZIP
            file.seek(0)
        except OSError as error:
            raise DatasetError(f"{path} cannot be read: {error.strerror}.") from None
        except DAMAGED as error:
            raise damaged(path, error) from None
        unpacked = files.enter_context(gzip.GzipFile(fileobj=file)) if packed else file
        yield cast("IO[bytes]", unpacked)


def read(path: Source, file: IO[bytes], count: int) -> bytes:
    """Read at most `count` bytes, because a small gzip file can contain any amount."""
    try:
        return file.read(count)
    except DAMAGED as error:
        raise damaged(path, error) from None


def damaged(path: Source, error: Exception) -> DatasetError:
    """The error for a file that cannot be read to its end."""
    reason = str(error).partition("\n")[0][:100]
    reason = f" ({reason})" if reason.isprintable() and reason else ""
    return DatasetError(f"{path} is damaged or cut short{reason}; download or copy it again.")


def check_count(path: Source, count: int, numbers: int = 1) -> None:
    """Refuse more images, of so many numbers each, than are read."""
    most = min(limits.IMAGES, limits.NUMBERS // numbers)
    if count > most:
        raise DatasetError(f"{path} has more than {most:,} images, the limit.")


def counted(count: int, thing: str) -> str:
    """ "1 image", "2 images"."""
    return f"{count:,} {thing}" + ("s" if count != 1 else "")


def counting(path: Source, blocks: Iterable[Block], numbers: int = 1) -> Iterator[Block]:
    """Pass blocks of images, of so many numbers each, on; refuse too many, show progress on a terminal."""
    begin, count, shown = time.monotonic(), 0, False
    for block in blocks:
        count += len(block)
        check_count(path, count, numbers)
        if sys.stderr.isatty() and time.monotonic() > begin + PATIENCE:
            print(f"\r{path}: {count:,} images read", end="", file=sys.stderr, flush=True)
            shown = True
        yield block
    if shown:
        print(file=sys.stderr)
