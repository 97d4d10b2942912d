"""What people bring for a data set of their own -> a proposal, before anything is written."""

import contextlib
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from fmnist.data.dataset import (
    FEWEST_CLASSES,
    MOST_CLASSES,
    SIDES,
    DatasetError,
    Form,
    Framing,
)
from fmnist.data.files import limits, opening, pictures
from fmnist.data.files.pictures import Picture, Skipped
from fmnist.data.image_files import ImageFileError

from . import decoding
from .decoding import Decoded
from .gathering import Gathering
from .proposal import Proposal

SAMPLE = 60  # files that are looked at to propose a form
COLOURED = 24  # of 255: how far apart the channels of a pixel are that has a colour
PART, SHARE = (
    0.02,
    0.05,
)  # of an image's pixels, and of the images: from there on they are in colour
SQUARE = 1.25  # longer edge by shorter one: up to there squeezing does little harm

Progress = Callable[[int, int], None]  # files read, and of how many


def propose(
    path: Path,
    *,
    side: int | None = None,
    colour: bool | None = None,
    framing: Framing | None = None,
    test: float | None = None,
    called: str = "",
    progress: Progress = lambda done, of: None,
) -> Proposal:
    """Read what somebody brings.

    Args:
        path: a folder, or a ZIP file, of images with one folder a class.
        side: pixels of an image's edge, one of `SIDES`; proposed where it is None, as are
        colour: whether images are kept in colour, and
        framing: how pictures become images.
        test: share of the images that is held out to test; where it is None, files that are divided
            stay so, and a fifth of others is held out.
        called: what to call the path in sentences; by default its name.
        progress: is called with the files read and their number, again and again.

    Raises:
        DatasetError: in one sentence, what is wrong and where, what was expected, and what to do.
    """
    with _pictures(path) as (parts, skipped):
        files = [(split, picture) for split in parts for picture in parts[split] if picture.label]
        skipped += [
            Skipped(picture.place, pictures.NO_CLASS)
            for of_split in parts.values()
            for picture in of_split
            if not picture.label
        ]
        _check_classes(path, Counter(picture.label for _, picture in files), skipped)
        form, framing = _form(path, [picture for _, picture in files], side, colour, framing)
        gathering = Gathering(form, len(files))
        gathering.skipped += skipped
        done = decoding.decode((picture for _, picture in files), form, framing)
        for number, decoded in enumerate(done, 1):
            _take(gathering, *files[number - 1], decoded)
            progress(number, len(files))
    name = called or path.name
    return gathering.proposal(
        name, framing, test, [], f"{name}: images in folders of their classes."
    )


def _take(gathering: Gathering, split: str, picture: Picture, read: Decoded) -> None:
    if read.pixels is None:
        gathering.skipped.append(Skipped(read.place, read.reason))
        return
    gathering.take(read.place, read.label, split, read.pixels, read.digest)
    if gathering.wants_to_show(read.label):
        with contextlib.suppress(ImageFileError):
            gathering.show(read.place, read.label, decoding.opened(picture))


@contextlib.contextmanager
def _pictures(path: Path) -> Iterator[tuple[dict[str, list[Picture]], list[Skipped]]]:
    """What is in a folder or an archive; the archive stays open meanwhile."""
    if path.is_dir():
        yield pictures.in_folder(path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield pictures.in_archive(path, archive)
    except opening.DAMAGED as error:
        raise opening.damaged(path, error) from None


def _check_classes(path: Path, counts: Counter[str], skipped: Sequence[Skipped]) -> None:
    """Refuse what cannot become a data set before anything is decoded."""
    if not counts:
        first = f" ({skipped[0].place}: {skipped[0].reason})" if skipped else ""
        raise DatasetError(
            f"{path} has no images in folders{first}; expected a folder for each class, with its images."
        )
    if not FEWEST_CLASSES <= len(counts) <= MOST_CLASSES:
        names = ", ".join(sorted(counts)[:3])
        raise DatasetError(
            f"{path} has {opening.counted(len(counts), 'class').replace('classs', 'classes')} ({names}); "
            f"expected {FEWEST_CLASSES} to {MOST_CLASSES}, a folder each."
        )


def _form(
    path: Path,
    files: Sequence[Picture],
    side: int | None,
    colour: bool | None,
    framing: Framing | None,
) -> tuple[Form, Framing]:
    """What is asked for; what is not, by a sample of the images."""
    if side is not None and side not in SIDES:
        raise DatasetError(f"The side is {side}; expected {', '.join(map(str, SIDES))} pixels.")
    edges, ratios, coloured = [], [], []
    for picture in files[:: max(1, len(files) // SAMPLE)]:
        with contextlib.suppress(ImageFileError):
            image = decoding.opened(picture)
            edges.append(min(image.size))
            ratios.append(max(image.size) / min(image.size))
            pixels = np.asarray(image.convert("RGB")).astype(np.int16)
            coloured.append((np.ptp(pixels, axis=-1) > COLOURED).mean() > PART)
    if colour is None:
        colour = bool(coloured) and float(np.mean(coloured)) > SHARE
    if side is None:
        edge = float(np.median(edges)) if edges else 0
        side = max([SIDES[0], *(each for each in SIDES if each <= edge)])
        while len(files) * _bytes(Form(side, colour)) > limits.BYTES and side > SIDES[0]:
            side = SIDES[SIDES.index(side) - 1]
    form = Form(side, colour)
    if len(files) * _bytes(form) > limits.BYTES:
        raise DatasetError(
            f"{path} has {len(files):,} images; expected at most "
            f"{limits.BYTES // _bytes(form):,} of {form}. Choose a smaller form, or fewer images."
        )
    usual: Framing = "squeezed" if not ratios or np.median(ratios) <= SQUARE else "cropped"
    return form, framing or usual


def _bytes(form: Form) -> int:
    """Of an image."""
    return form.side**2 * form.channels
