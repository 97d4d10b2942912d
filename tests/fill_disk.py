"""Give each command that writes on a disk that is full or fills up: `python -m tests.fill_disk [COMMAND ...]` (Linux).

The disk is one in memory, mounted for this process alone. A command must then work, or say in one sentence what is
missing; no file that was there changes, none that is half written stays, and once there is space it works.
"""

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from fmnist.cli.commands import main as fmnist
from fmnist.runs import listing, manage

from .conftest import in_one_sentence

SIZE = 48_000_000  # bytes of the disk
FREE = (0, 4_096, 60_000, 250_000, 700_000)  # bytes that are left when a command begins
APART = (".lock", ".numbers.json", ".turns.json")  # endings of files that belong to no run
COMMANDS = (
    "import OUTSIDE/run.zip --name came",
    "import OUTSIDE/model.keras --name model",
    "export tiny-1 --to keras --out DISK/exported.keras",
    *(f"export tiny-1 --to {kind} --out DISK/exported" for kind in ("litert", "script", "card")),
    "complete tiny-1",
    "data add OUTSIDE/photos --name mine",
    "data export fashion-mnist --out DISK/exported.npz",
    "predict OUTSIDE/photos --csv DISK/exported.csv --model tiny-1",
    "train tiny --training-images 600 --epochs 2",
)


def main() -> int:
    """Try each command with each amount of space; the exit status."""
    if "FMNIST_DISK" not in os.environ:
        return _in_a_namespace()
    disk, outside = (Path(os.environ[name]) for name in ("FMNIST_DISK", "FMNIST_OUTSIDE"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", disk], check=True)
    os.environ["FMNIST_RUNS"] = str(disk / "runs")
    _prepare(outside)
    wrong, tried = 0, [each for each in COMMANDS if not sys.argv[1:] or each.split()[0] in sys.argv]
    for words in tried:
        for free in FREE:
            problem, said = _try(words, free, disk, outside)
            wrong += problem is not None
            print(f"{words} | {free:,} bytes free | {said}{f' | WRONG: {problem}' * bool(problem)}")
            sys.stdout.flush()
    print(f"{len(tried)} commands on {len(FREE)} full disks; wrong: {wrong}")
    return min(wrong, 1)


def _in_a_namespace() -> int:
    """This command once more, with mounts of its own."""
    with tempfile.TemporaryDirectory() as disk, tempfile.TemporaryDirectory() as outside:
        there = {"FMNIST_DISK": disk, "FMNIST_OUTSIDE": outside, "FMNIST_WARM": "0"}
        command = ["unshare", "--map-root-user", "--mount", sys.executable, "-m", "tests.fill_disk"]
        command += sys.argv[1:]
        return subprocess.run(command, env=os.environ | there).returncode


def _prepare(outside: Path) -> None:
    """A finished run on the disk; its ZIP, its model and a folder of photos outside."""
    small = ("--training-images", "600", "--epochs", "1")
    assert give(["train", "tiny", *small]) == (0, "")
    run = listing.find("tiny-1")
    with open(outside / "run.zip", "wb") as file:
        manage.write_archive(run, file)
    shutil.copy(run.path / "model.keras", outside)
    for name in ("cup", "pen"):
        (outside / "photos" / name).mkdir(parents=True)
        for number in range(30):
            photo = Image.effect_noise((64, 64), 20 + 9 * number)
            photo.save(outside / "photos" / name / f"{number}.png")


def _try(words: str, free: int, disk: Path, outside: Path) -> tuple[str | None, str]:
    """What is wrong with a command on a disk with that much space, and what it said."""
    given = words.replace("DISK", str(disk)).replace("OUTSIDE", str(outside)).split()
    before = _content(disk)
    with _full(disk, free):
        status, said = give(given)
        after = _content(disk)
    said = said.strip()
    if status == 0:
        problem = None
    elif not in_one_sentence(said):
        problem = "expected one sentence"
    elif not _is_kept(before, after, given[0]):
        problem = f"it left {sorted(after.keys() ^ before.keys()) or 'another content'}"
    else:
        problem = _again(given)
    _clean(disk)
    return problem, said or "done"


def _is_kept(before: dict[str, bytes], after: dict[str, bytes], command: str) -> bool:
    """Whether all that was there is there, and nothing else but a run whose training can be resumed."""
    new = {name.split("/")[1] for name in after.keys() - before.keys() if "/" in name}
    resumable = command == "train" and all(
        run.state in ("failed", "stopped") for run in map(listing.find, new)
    )
    same = all(after.get(name) == content for name, content in before.items())
    return same and (resumable or not after.keys() - before.keys())


def _again(given: list[str]) -> str | None:
    """What is wrong with the same command once there is space."""
    left = [run for run in listing.list_own_runs() if run.state == "failed"]
    status, said = give(["resume", left[0].name] if left else given)
    return None if status == 0 else f"with space it failed, too: {said[-300:]}"


def _content(disk: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(disk)): path.read_bytes()
        for path in disk.rglob("*")
        if path.is_file()
        and not path.name.endswith(APART)
        and path.name
        not in ("filler", "exported.csv")  # each line of a table is written as soon as it is known
    }


def _clean(disk: Path) -> None:
    """Only the run that was there first is left."""
    for path in (*disk.glob("exported*"), *disk.glob("runs/.datasets/*")):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for run in listing.list_own_runs():
        if run.name != "tiny-1":
            shutil.rmtree(run.path)


@contextlib.contextmanager
def _full(disk: Path, free: int) -> Iterator[None]:
    """All of the disk is taken meanwhile, but for that many bytes."""
    filler = disk / "filler"
    with open(filler, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - free)
    try:
        yield
    finally:
        filler.unlink()


def give(words: list[str]) -> tuple[int, str]:
    """Give a command in this process; its exit status, and what it says on standard error."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        status = fmnist(words)
    return status, said.getvalue()


if __name__ == "__main__":
    sys.exit(main())
