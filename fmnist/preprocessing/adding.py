"""What people bring for a data set of their own -> a proposal, before anything is written."""

import contextlib
import dataclasses
import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from fmnist.data.dataset import FEWEST_CLASSES, MOST_CLASSES, DatasetError, Form, Framing
from fmnist.data.files import finding, label_values, pixel_values
from fmnist.data.files.contents import Contents, number
from fmnist.data.files.encoded_images import EncodedImage
from fmnist.data.files.finding import Found
from fmnist.data.image_files import ImageFileError

from . import decoding, looking
from .deciding import decide
from .framing import resized
from .gathering import Gathering, Taken
from .proposal import Proposal, check_share

ORDER = ("", "train", "validation", "test")
NO_CLASS = "in no folder of a class"
NO_LABEL = "without a label"

Progress = Callable[[int, int], None]  # images read, and of how many


@dataclasses.dataclass(frozen=True)
class _Images:
    """Images that a file gives as numbers."""

    pixels: np.ndarray  # (N, side, side) or (N, side, side, 3) uint8
    names: list[str]  # (N,) of their classes
    places: Callable[[int], str]
    notes: list[str]


_Parts = dict[str, _Images | Collection[EncodedImage]]


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
        path: a folder or zip archive of images with one folder a class; or a CSV, .npz, Parquet or IDX
            file, or a folder or archive of these.
        side: pixels of an image's edge, one of `SIDES`; proposed where it is None, as are
        colour: whether images are kept in colour, and
        framing: how photos and drawings become images.
        test: share of the images that is held out to test; where it is None, files that are divided
            stay so, and a fifth of others is held out.
        called: what to call the path in sentences; by default its name.
        progress: is called with the images read and their number, again and again.

    Raises:
        DatasetError: in one sentence, what is wrong and where, what was expected, and what to do.
    """
    if test is not None:
        check_share(test)
    with _called(path, called), _unchanged(path):
        found = finding.find(path)
        parts: _Parts = {
            split: _loaded(path, found.parts[split]()) for split in ORDER if split in found.parts
        }
        _check_classes(path, parts, found)
        count = sum(len(_items(part)) for part in parts.values())
        looks = [look for part in parts.values() for look in _looks(part)]
        form = looking.form_for(path, looks, count, side, colour)
        are_files = not any(isinstance(part, _Images) for part in parts.values())
        framing = framing or looking.framing_for(looks, are_files)
        gathering = Gathering(form, count, progress)
        gathering.skipped += found.skipped
        notes = _taken(gathering, parts, form, framing)
        name = called or path.resolve().name
        return decide(path, gathering, framing, test, notes, f"Read from {name}.")


@contextlib.contextmanager
def _called(path: Path, name: str) -> Iterator[None]:
    """Errors call the path so."""
    try:
        yield
    except DatasetError as error:
        if not name:
            raise
        raise DatasetError(str(error).replace(str(path), name)) from None


@contextlib.contextmanager
def _unchanged(path: Path) -> Iterator[None]:
    """Refuse a file that is written while it is read."""

    def state() -> tuple[int, int] | None:
        with contextlib.suppress(OSError):
            if path.is_file():
                found = path.stat()
                return found.st_size, found.st_mtime_ns
        return None

    before = state()
    yield
    if state() != before:
        raise DatasetError(
            f"{path} changed while it was read; wait until it is complete and try again."
        )


def _loaded(path: Path, part: finding.Part) -> _Images | Collection[EncodedImage]:
    if not isinstance(part, Contents):
        return part
    if part.labels is None:
        raise DatasetError(f"{path} has no labels: {part.unlabelled}; expected one for each image.")
    pixels, notes = pixel_values.to_images(path, part, stretch=True)
    names = label_values.class_names(part.labels)
    return _Images(pixels, names, part.label_place, part.assumptions + notes)


def _check_classes(path: Path, parts: _Parts, found: Found) -> None:
    """Refuse what cannot become a data set before all of it is decoded."""
    names: Counter[str] = Counter()
    for part in parts.values():
        if isinstance(part, _Images):
            names.update(part.names)
        elif isinstance(part, list):
            names.update(encoded.label for encoded in part)
        else:
            return  # it is known only once all is read
    del names[""]
    if not names:
        first = next(iter(found.skipped), None)
        why = f" ({first.place}: {first.reason})" if first else ""
        raise DatasetError(
            f"{path} has no images in folders of classes{why}; expected a folder for each class."
        )
    if not FEWEST_CLASSES <= len(names) <= MOST_CLASSES:
        some = ", ".join(sorted(names)[:3])[:100]
        what = (
            f"only one class, {some}"
            if len(names) == 1
            else f"{len(names):,} classes ({some}, ...)"
        )
        raise DatasetError(f"{path} has {what}; expected {FEWEST_CLASSES} to {MOST_CLASSES}.")


def _items(part: _Images | Collection[EncodedImage]) -> Collection[object]:
    return part.names if isinstance(part, _Images) else part


def _looks(part: _Images | Collection[EncodedImage]) -> list[looking.Look]:
    return looking.at_arrays(part.pixels) if isinstance(part, _Images) else looking.at_encoded(part)


def _taken(gathering: Gathering, parts: _Parts, form: Form, framing: Framing) -> list[str]:
    """Gather all parts; sentences about what was assumed, each once."""
    notes: list[str] = []
    for split, part in parts.items():
        if isinstance(part, _Images):
            notes += [note for note in part.notes if note not in notes]
            _take_images(gathering, split, part, form)
        else:
            _take_encoded(gathering, split, part, form, framing)
    return notes


def _take_encoded(
    gathering: Gathering, split: str, files: Collection[EncodedImage], form: Form, framing: Framing
) -> None:
    for encoded, read in decoding.decode(files, form, framing):
        if not encoded.label:
            gathering.leave_out(encoded.place, NO_CLASS)
        elif read.pixels is None:
            gathering.leave_out(encoded.place, read.reason)
        else:
            taken = Taken(encoded.place, encoded.label, split, read.digest)
            gathering.take(taken, read.pixels)
            if gathering.wants_to_show(encoded.label):
                with contextlib.suppress(ImageFileError):
                    gathering.show(encoded.place, encoded.label, decoding.opened(encoded))


def _take_images(gathering: Gathering, split: str, images: _Images, form: Form) -> None:
    """Images of numbers stay as they are, but for their size and colours."""
    is_of_form = images.pixels.shape[1:] == form.shape
    for index, (pixels, name) in enumerate(zip(images.pixels, images.names, strict=True)):
        place = images.places(index) if not name or gathering.wants_to_show(name) else ""
        if not name:
            gathering.leave_out(place, NO_LABEL)
            continue
        digest = hashlib.blake2b(pixels.tobytes(), digest_size=16).digest()
        image = pixels if is_of_form else resized(Image.fromarray(pixels), form)
        gathering.take(Taken(place or number(index), name, split, digest), image)
        if gathering.wants_to_show(name):
            gathering.show(place, name, Image.fromarray(pixels))
