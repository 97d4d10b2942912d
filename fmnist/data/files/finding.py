"""What a path holds, whatever it is: its splits, each with what reads it."""

import dataclasses
import functools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain
from pathlib import Path

from fmnist.data.dataset import DatasetError
from fmnist.data.file_kinds import KINDS, kind_of

from . import array_files, encoded_images, folders, idx_files, opening
from .contents import Contents
from .encoded_images import SPLITS, EncodedImage
from .folders import File, Skipped
from .opening import Source

READ = "a CSV file, .npz, Parquet, IDX files, or a folder of images for each class"
TABLES = re.compile(r".*\.(csv|tsv|npz|parquet)(\.gz)?", re.IGNORECASE)
SHARD = re.compile(
    r".*-\d+-of-\d+.*\.parquet", re.IGNORECASE
)  # a part of a Parquet file on the hub
NO_IMAGE = "not an image by its name"

Part = Contents | Collection[EncodedImage]
Loader = Callable[[], Part]


@dataclasses.dataclass(frozen=True)
class Found:
    """What a path holds."""

    parts: dict[str, Loader]  # by split: "train", "test", "validation"; "" where nothing divides it
    skipped: Sequence[Skipped] = ()


def find(path: Path) -> Found:
    """Look at a file, a folder or a zip archive; its images are not read yet.

    Raises:
        DatasetError: there is nothing to read, or more than one thing.
    """
    kind = kind_of(path)
    if kind not in ("folder", "zip"):
        return Found(_file(path, kind))
    return _of_files(path, *files_in(path, is_archive=kind == "zip"))


def files_in(path: Path, is_archive: bool) -> tuple[list[File], list[Skipped]]:
    """`folders.files_in`, whose errors are sentences.

    Raises:
        DatasetError: the folder or archive cannot be read, or has too much in it.
    """
    try:
        return folders.files_in(path, is_archive)
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}.") from None
    except opening.DAMAGED as error:
        raise opening.damaged(path, error) from None


def _of_files(path: Path, files: Sequence[File], skipped: list[Skipped]) -> Found:
    if idx := [file.source for file in files if idx_files.is_idx(file.name)]:
        splits = idx_files.splits(idx)
        return Found({s: functools.partial(idx_files.read_split, path, idx, s) for s in splits})
    images = [file for file in files if encoded_images.is_image(file)]
    tables = [file for file in files if TABLES.fullmatch(file.name)]
    parts = encoded_images.by_split(images)
    labels = {encoded.label for part in parts.values() for encoded in part if encoded.label}
    if tables and len(labels) < 2:
        return _of_tables(path, tables)
    if images:
        others = [
            Skipped(file.place, NO_IMAGE) for file in files if not encoded_images.is_image(file)
        ]
        loaders: dict[str, Loader] = {
            split: functools.partial(_listed, part) for split, part in parts.items()
        }
        return Found(loaders, skipped + others)
    names = ", ".join([file.name for file in files] + [place for place, _ in skipped][:3])
    raise DatasetError(
        f"{path} has {f'only {names[:200]}' if names else 'no files'}; expected {READ}."
    )


def _listed(part: list[EncodedImage]) -> Part:
    return part


def _of_tables(path: Path, tables: Sequence[File]) -> Found:
    """The only table, or one of each split; of those of one name the topmost."""
    tables = list(
        {file.name: file for file in sorted(tables, key=lambda f: -len(f.above))}.values()
    )
    groups: dict[str, list[File]] = {}
    for file in tables:
        split = next((s for s, word in SPLITS.items() if word.search(file.name.lower())), "")
        groups.setdefault(split, []).append(file)
    if any(len(g) > 1 and not all(SHARD.fullmatch(f.name) for f in g) for g in groups.values()):
        names = ", ".join(sorted(file.name for file in tables)[:4])
        raise DatasetError(f"{path} has several files ({names}); name the one to read.")
    if len(groups) == 1 and len(tables) == 1:
        return Found(
            {split: _named(tables[0], load) for split, load in _of_file(tables[0]).items()}
        )
    if len(groups) == 1:
        return Found({"": functools.partial(_joined, tables)})
    return Found({s: functools.partial(_joined, group) for s, group in groups.items() if s})


def _of_file(file: File) -> dict[str, Loader]:
    return _file(file.source, _kind_by_name(file.name))


def _named(file: File, load: Loader) -> Loader:
    """The same, which says what was read."""

    def named() -> Part:
        part = load()
        if isinstance(part, Contents):
            part.assumptions.insert(0, f"{file.name} was read.")
        return part

    return named


def _joined(files: Sequence[File]) -> Part:
    """One table of a split, or the parts of one."""
    loaders = [(file, _of_file(file)) for file in sorted(files, key=lambda file: file.name)]
    if several := [file for file, found in loaders if len(found) > 1]:
        raise DatasetError(f"{several[0].source} has several splits itself; name that file alone.")
    parts = [_named(file, load)() for file, found in loaders for load in found.values()]
    if len(parts) == 1:
        return parts[0]
    if any(isinstance(part, Contents) for part in parts):
        raise DatasetError(f"{files[0].source} is one of several tables; name the one to read.")
    return _Joined([part for part in parts if not isinstance(part, Contents)])


@dataclasses.dataclass(frozen=True)
class _Joined(Collection[EncodedImage]):
    """The image files of several tables, read as they are needed."""

    parts: Sequence[Collection[EncodedImage]]

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __iter__(self) -> Iterator[EncodedImage]:
        return chain.from_iterable(self.parts)

    def __contains__(self, encoded: object) -> bool:
        return any(encoded in part for part in self.parts)


def _kind_by_name(name: str) -> str:
    """The kind of a file in a folder or an archive, by its name."""
    ending = name.lower().removesuffix(".gz").rpartition(".")[2]
    return ending if ending in ("npz", "parquet") else "text"


def _file(path: Source, kind: str) -> dict[str, Loader]:
    """The splits of a file."""
    if kind == "npz":
        return {s: functools.partial(array_files.read, path, s) for s in array_files.splits(path)}
    if kind == "text":
        return {"": functools.partial(_text, path)}
    if kind == "parquet":
        return {"": functools.partial(_parquet, path)}
    if kind in ("idx-images", "idx-labels"):
        return {"": functools.partial(idx_files.read_one, path, kind == "idx-images")}
    if kind == "missing":
        raise DatasetError(f"{path} cannot be read: No such file or directory.")
    raise DatasetError(f"{path} is {KINDS[kind]}{ADVICE.get(kind, f'; expected {READ}')}.")


def _text(path: Source) -> Part:
    from . import csv_files  # it loads pyarrow, which only tables need

    return csv_files.read(path)


def _parquet(path: Source) -> Part:
    from . import parquet_files

    return parquet_files.read(path)


ADVICE = {
    "empty": "; download or copy it again",
    "git-lfs": "; `git lfs pull` fetches it",
    "html": "; download the data itself",
    "arff": "; save it as CSV",
    "excel": "; save it as CSV",
    "npy": ", images or labels only; save both in one file with np.savez(path, x=images, y=labels)",
    "matlab": "; save its arrays with np.savez(path, x=images, y=labels)",
    "image": "; name the folder of its class's folder, or `python -m fmnist predict` to predict it",
    "tar": "; unpack it and name the folder",
    "archive": "; unpack it and name the folder",
    "keras": "; it is a model, not data; expected " + READ,
    "pickle": "; save its arrays with np.savez(path, x=images, y=labels)",
}
