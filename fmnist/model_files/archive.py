"""A run's ZIP, as another copy wrote it and anybody may have changed it: looked at within bounds, then unpacked."""

import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from fmnist.data import file_kinds
from fmnist.runs import files, manage

from . import inspection
from .inspection import ModelFileError

NEEDED = ("run.json", "result.json", "model.keras", "predictions.npz")
LARGEST = {"model.keras": inspection.LARGEST, "model.tflite": 300_000_000}  # bytes
MOST = 100  # entries
AGAIN = "download the run again from the copy that has it"
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def is_run(path: Path) -> bool:
    """Whether a file is a ZIP with a run's description in it, in a folder or at its top."""
    names = map(PurePosixPath, file_kinds.names_in(path))
    return any(name.name == "run.json" for name in names)


def unpack(path: Path, folder: Path) -> str:
    """Write a run's files into a folder; nothing else gets out of the ZIP.

    Args:
        path: the ZIP.
        folder: an empty one.

    Returns:
        What the run was called; "" where the ZIP does not say.

    Raises:
        ModelFileError: the ZIP is damaged, or has something else than one run of a possible size, in one sentence.
        OSError: a file cannot be written.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [entry for entry in archive.infolist() if not _is_needless(entry)]
            for problem in _problems(path, members):
                raise ModelFileError(f"{path} {problem}.")
            inspection.check_sizes(path, archive)
            for entry in members:
                with archive.open(entry) as content, open(folder / _name(entry), "wb") as file:
                    shutil.copyfileobj(content, file)
    except DAMAGED as error:
        reason = re.split(r"[\n:]", str(error))[0][:80] or type(error).__name__
        raise ModelFileError(f"{path} is damaged ({reason}); {AGAIN}.") from None
    return str(PurePosixPath(members[0].filename).parent).lstrip(".")


def _problems(path: Path, members: list[zipfile.ZipInfo]) -> Iterator[str]:
    """What is wrong with the table of contents, after the file's name."""
    if len(members) > MOST:
        yield f"has {len(members):,} files; expected those of one run"
    for entry in members:
        yield from _problems_of(entry)
    names = [_name(entry) for entry in members]
    if twice := next((name for name in names if names.count(name) > 1), None):
        yield f"has {twice[:60]!r} more than once; expected one run"
    places = {PurePosixPath(entry.filename).parent for entry in members}
    if len(places) != 1 or len(places.pop().parts) > 1:
        yield "has files in several folders; expected those of one run"
    if unknown := next((name for name in names if name not in manage.FILES), None):
        yield (
            f"has a file {unknown[:60]!r} that this version does not know; if a newer one wrote it, update this copy"
        )
    if missing := next((name for name in NEEDED if name not in names), None):
        yield f"has no {missing}; expected a finished run: {AGAIN}"
    for entry in members:
        most = LARGEST.get(_name(entry), files.LARGEST.get(_name(entry), files.MEGABYTE))
        if entry.file_size > most:
            yield f"has a {_name(entry)} of {entry.file_size / 1e6:,.0f} MB; expected at most {most / 1e6:,.0f} MB"


def _problems_of(entry: zipfile.ZipInfo) -> Iterator[str]:
    """What is wrong with an entry, whatever it is called."""
    shown = entry.filename[:60]
    if _leads_out(entry):
        yield f"has a file {shown!r} that would be written elsewhere; expected the files of one run alone"
    if stat.S_ISLNK(entry.external_attr >> 16):
        yield f"has a link, {shown!r}; expected the files of one run alone"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield f"has {shown!r} packed in a rare way; {AGAIN}"
    if entry.header_offset < 0:
        yield f"is damaged ({shown!r} begins before the file); {AGAIN}"
    if entry.flag_bits & 1:
        yield f"is locked with a password; {AGAIN}"


def _name(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).name


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    odd = set("\\:\0") & set(entry.orig_filename)
    return path.is_absolute() or ".." in path.parts or bool(odd)


def _is_needless(entry: zipfile.ZipInfo) -> bool:
    """Whether it is a folder, or what macOS adds."""
    name = entry.filename
    return name.endswith(("/", ".DS_Store")) or name.startswith("__MACOSX/")
