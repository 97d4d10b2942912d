"""Drawings and photos that people have labelled, to train further on: a folder for each data set.

In a class students have a collection each, which is what of the folder is theirs; the teacher sees all.

    <id>.png   the drawing or photo as it was predicted for, cropped and turned, without its metadata
    <id>.json  its label and where it comes from; written last: an item without it does not count

Every fifth is held out when it is added, and stays so: what a network was trained on once is never used to
test it later.
"""

import contextlib
import dataclasses
import re
import time
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import filelock
import msgspec
from msgspec import Meta
from PIL import Image

from fmnist.machine import folders
from fmnist.machine.disk import explain, replacing
from fmnist.people import access, acting, mode, usage

from . import library
from .dataset import DataSet
from .image_files import KEPT, ImageFileError, open_image

HELD_OUT = 5  # one of so many is held out
MOST = 5_000  # items of a collection, of each person
LARGEST_ARCHIVE = 500_000_000  # bytes of a ZIP file, and of all that is in it
PATIENCE = 5.0  # seconds to wait for another process that is writing
DESCRIPTION = "collection.json"  # in a ZIP file

_Short = Annotated[str, Meta(max_length=200)]


class CollectionError(Exception):
    """A drawing or photo that cannot be kept, changed or found; the message says why."""


class Item(msgspec.Struct, frozen=True):
    """A labelled drawing or photo."""

    name: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    label: _Short  # the name of a class
    predicted: _Short  # the class that a network predicted, "" where it is not known
    kind: _Short  # "drawing" or "photo"
    added_at: float  # seconds since the epoch
    by: Annotated[str, Meta(max_length=64)]  # who: the id of a person
    held_out: bool  # tests the networks that are trained on the others


class Archive(msgspec.Struct, frozen=True):
    """What an exported collection says of itself."""

    data: _Short  # the name of the data set whose classes they are of
    items: list[Item]


@dataclasses.dataclass(frozen=True)
class Collection:
    """The labelled drawings and photos for one data set's classes that who acts may see."""

    dataset: DataSet  # found by `collection_for`

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return next(self._read(), None) is None

    @property
    def folder(self) -> Path:
        """Where they are."""
        return folders.home() / ".collection" / self.dataset.name

    def items(self) -> list[Item]:
        """All of them, the oldest first; what is damaged is left out."""
        return sorted(self._read(), key=lambda item: (item.added_at, item.name))

    def _read(self) -> Iterator[Item]:
        person = acting.person()
        with contextlib.suppress(OSError):
            for path in self.folder.glob("*.json"):
                with contextlib.suppress(OSError, ValueError, RecursionError):
                    item = _decoder.decode(path.read_bytes())
                    if item.label in self.dataset.class_names and access.is_own(person, item.by):
                        yield item

    def open(self, item: Item) -> Image.Image:
        """The drawing or photo, in mode RGBA.

        Raises:
            ImageFileError: it is gone or damaged.
        """
        return open_image(self._image_path(item.name))

    def add(
        self,
        image: Image.Image,
        label: str,
        *,
        predicted: str = "",
        kind: str,
        by: str | None = None,
    ) -> Item:
        """Keep an item with its label.

        Args:
            image: what the the label is of, as it was predicted for.
            label: the name of its class.
            predicted: the class that a network predicted.
            kind: "drawing" or "photo".
            by: who adds it, in 64 letters at most; None for who acts.

        Raises:
            CollectionError: there is no such class, the collection is full, or it cannot be written.
        """
        self._check_label(label)
        with self._writing():
            before = self.items()
            _check_room(len(before))
            item = Item(
                name=uuid.uuid4().hex,
                label=label,
                predicted=predicted,
                kind=kind,
                added_at=time.time(),
                by=acting.person().id if by is None else by[:64],
                held_out=_due(before),
            )
            self._keep(item, image)
        return item

    def take(self, others: Iterable[tuple[Item, bytes]]) -> tuple[int, int]:
        """Add items of another collection, each with its file's content; `from_zip` has the rest."""
        added = left_out = 0
        person = acting.person()
        with self._writing():
            known, there = self._names(), len(self.items())
            for item, content in others:
                if item.name in known:
                    continue
                try:
                    self._check_label(item.label)
                    _check_room(there)
                    if not person.teacher:  # whatever the file says
                        item = msgspec.structs.replace(item, by=person.id)
                    self._keep(item, open_image(content))
                except (CollectionError, ImageFileError):
                    left_out += 1
                    continue
                known.add(item.name)
                added += 1
                there += 1
        return added, left_out

    def _keep(self, item: Item, image: Image.Image) -> None:
        small = image.copy()
        small.thumbnail((KEPT, KEPT))
        small.info = {}  # where and when a photo was taken stays with its owner
        path = self._image_path(item.name)
        try:
            small.save(path, "PNG")
            self._write(item)
        except OSError:  # a full disk
            path.unlink(missing_ok=True)
            raise

    def relabel(self, name: str, label: str) -> None:
        """Give an item another label.

        Raises:
            CollectionError: there is no such item or class, or it cannot be written.
        """
        self._check_label(label)
        with self._writing():
            self._write(msgspec.structs.replace(self._find(name), label=label))

    def remove(self, name: str) -> None:
        """Delete an item for good.

        Raises:
            CollectionError: there is none of that name, or it cannot be deleted.
        """
        with self._writing():
            self._find(name)
            self._item_path(name).unlink(missing_ok=True)
            self._image_path(name).unlink(missing_ok=True)

    def _names(self) -> set[str]:
        """Of everybody's items, damaged ones, too."""
        return {path.stem for path in self.folder.glob("*.json")}

    def _find(self, name: str) -> Item:
        for item in self.items():
            if item.name == name:
                return item
        raise CollectionError("The item is not in the collection any more.")

    def _check_label(self, label: str) -> None:
        if label not in self.dataset.class_names:
            names = ", ".join(self.dataset.class_names[:12])
            raise CollectionError(
                f"{self.dataset.name} has no class {label[:60]!r}; expected one of {names}."
            )

    def _item_path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _image_path(self, name: str) -> Path:
        return self.folder / f"{name}.png"

    def _write(self, item: Item) -> None:
        with replacing(self._item_path(item.name)) as new:
            new.write_bytes(msgspec.json.encode(item))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """The folder for one writer at a time; the disk's errors in words."""
        mode.insist("keep", CollectionError)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(self.folder / ".lock", timeout=PATIENCE):
                yield
        except filelock.Timeout:
            raise CollectionError(
                "The collection is being written by another process; try again."
            ) from None
        except OSError as error:
            raise CollectionError(f"The collection cannot be written: {explain(error)}") from None


def collection_for(dataset: DataSet) -> Collection:
    """The collection of a data set's classes: one for it and for all that was made of it.

    A data set with corrected labels has that of its base; one that was made of a collection has the same
    collection, so that what is learned from it can be corrected further.

    Raises:
        DatasetError: the data set that it was collected for is gone.
    """
    while dataset.base:
        dataset = dataset.base
    return Collection(library.find(dataset.collected_for) if dataset.collected_for else dataset)


def forget(is_theirs: Callable[[str], bool]) -> None:
    """Delete for good what people with such ids have added to any collection.

    Raises:
        CollectionError: it cannot be deleted.
    """
    try:
        for path in (folders.home() / ".collection").glob("*/*.json"):
            with contextlib.suppress(ValueError, RecursionError):  # a damaged one is nobody's
                if is_theirs(_decoder.decode(path.read_bytes()).by):
                    path.unlink(missing_ok=True)
                    path.with_suffix(".png").unlink(missing_ok=True)
    except OSError as error:
        raise CollectionError(f"The collection cannot be deleted: {explain(error)}") from None


_decoder, _archive_decoder = msgspec.json.Decoder(Item), msgspec.json.Decoder(Archive)


def _check_room(there: int) -> None:
    """See that who acts may add to so many items of theirs: of a class, nobody fills the room of others."""
    if there >= MOST:
        raise CollectionError(
            f"The collection has {MOST:,} items, the limit; remove some on the Data page."
        )
    if sentence := usage.images_refusal(there, 1):
        raise CollectionError(sentence)


def _due(before: list[Item]) -> bool:
    """Whether the next item is to be held out, after these."""
    held_out = sum(item.held_out for item in before)
    return len(before) + 1 >= HELD_OUT * (held_out + 1)


def to_zip(collection: Collection, file: BinaryIO) -> None:
    """Write all items as a ZIP, a folder a class, with `collection.json` beside them.

    The folders are what `fmnist data add` reads.

    Raises:
        CollectionError: an item cannot be read.
    """
    items = collection.items()
    with zipfile.ZipFile(file, "w") as archive:  # PNG is compressed already
        for item in items:
            try:
                content = (collection.folder / f"{item.name}.png").read_bytes()
            except OSError as error:
                raise CollectionError(f"An item cannot be read: {explain(error)}") from None
            archive.writestr(f"{_plain(item.label)}/{item.name}.png", content)
        about = Archive(data=collection.dataset.name, items=items)
        archive.writestr(DESCRIPTION, msgspec.json.encode(about))


def from_zip(collection: Collection, file: BinaryIO) -> tuple[int, int]:
    """Add the items of a ZIP that `to_zip` wrote; those that are there already stay as they are.

    Returns:
        How many were added, and how many were left out: damaged, or of an unknown class.

    Raises:
        CollectionError: it is no such file, too large, or cannot be written.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(info.file_size for info in archive.infolist()) > LARGEST_ARCHIVE:
                raise CollectionError(
                    f"The ZIP file holds more than {LARGEST_ARCHIVE // 10**6} MB; expected an exported collection."
                )
            items = _archive_decoder.decode(archive.read(DESCRIPTION)).items
            paths = {Path(name).stem: name for name in archive.namelist()}
            return collection.take(
                (item, archive.read(paths[item.name])) for item in items if item.name in paths
            )
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, RecursionError, RuntimeError):
        raise CollectionError(
            "The file is not an exported collection; expected the ZIP file that Export made."
        ) from None


def _plain(label: str) -> str:
    """A class name as the name of a folder."""
    return re.sub(r'[\\/:*?"<>|]', "-", label)
