"""Damage each file of a run, and give each command and open each page with it: `python -m tests.damage_runs`.

A file is cut short, emptied, replaced by noise, or made huge. A command must then work or say in one sentence what is
wrong; a page must be shown; and the other runs must be listed as they were.
"""

import argparse
import contextlib
import io
import itertools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from fmnist import machine
from fmnist.cli.commands import main as fmnist
from fmnist.people import access
from fmnist.people.access import Access
from fmnist.runs import cache, changes, files, listing, table
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from .app.visiting import visit
from .conftest import fill_checkpoint, in_one_sentence

LIMIT = 20.0  # seconds that a command or page may take
HUGE = 3 * 1024**3  # bytes; sparse, so that it takes no space


def cut(path: Path) -> None:
    """The first half is left."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    """Nothing is left."""
    path.write_bytes(b"")


def noise(path: Path) -> None:
    """Random bytes, as many as before."""
    path.write_bytes(np.random.default_rng(0).bytes(path.stat().st_size))


def huge(path: Path) -> None:
    """What it was, and then zeros."""
    os.truncate(path, HUGE)


KINDS = (cut, empty, noise, huge)
FINISHED = (
    *("run.json", "status.json", "result.json", "metrics.jsonl", "predictions.npz", "model.keras"),
    *("model.tflite", "precomputed.npz", "log.txt", "access.json"),
)
STOPPED = ("checkpoint/state.npz", "checkpoint/progress.json", "checkpoint/manifest.json")
RUNNING = ("changes.json", "status.json", "metrics.jsonl")
QUICK = (  # commands that are given in this process
    *("models", "models --json", "evaluate RUN", "predict PHOTO --model RUN", "stop RUN"),
    *("benchmark pictures PHOTOS --model RUN", "change RUN --set learning_rate=0.02"),
    *("export RUN --to script --out OUT", "export RUN --to card --out OUT", "resume RUN"),
)
SLOW = (  # those that load TensorFlow, or take a process
    *("restart RUN", "complete RUN", "precompute RUN", "export RUN --to keras --out OUT"),
    *("train tiny --pretrained RUN --epochs 1", "train tiny --teachers RUN --epochs 1"),
)
PAGES = (
    ("", "model"),
    ("models", "model"),
    ("mistakes", "model"),
    ("train", "run"),
    ("data", ""),
)


class Folder:
    """A folder of runs, each the same one with another damage, and what is said of them."""

    def __init__(self, home: Path, tiny: Path, every: int = 1):
        """`tiny` is a finished run with few images; of all damages each `every`th is made."""
        self.home, self.problems, self.said = home, list[str](), list[tuple[str, str, str]]()
        self.sound = Run(shutil.copytree(tiny, home / "sound"))
        self.photos, self.out = (home.with_name(name) for name in ("photos", "out"))
        self.photos.mkdir()
        self.out.mkdir()
        photo = Image.effect_noise((60, 60), 90).convert("RGB")
        photo.save(self.photos / "a.png")
        (self.photos / "labels.csv").write_text("file,label,kind,style\na.png,1,photo,x\n")
        makers = ((FINISHED, self._finished), (STOPPED, self._stopped), (RUNNING, self._running))
        for names, make in makers:
            for number, (name, kind) in enumerate(itertools.product(names, KINDS)):
                if number % every == 0:
                    state = make.__name__.strip("_")
                    run = make(tiny, home / f"{state}-{Path(name).name}-{kind.__name__}")
                    kind(run.path / name)

    def _finished(self, tiny: Path, path: Path) -> Run:
        run = Run(shutil.copytree(tiny, path))
        access.write(run.path, Access())
        (path / "log.txt").write_text("Training\n")
        cache.put(run, cache.stamp(run), {"neighbours": {"places": np.arange(9)}})
        return run

    def _stopped(self, tiny: Path, path: Path) -> Run:
        run = Run(shutil.copytree(tiny, path))
        files.write(path / "result.json", {**run.figures, "stopped": True})
        RunWriter(run).save_checkpoint(fill_checkpoint)
        return run

    def _running(self, tiny: Path, path: Path) -> Run:
        run = Run(shutil.copytree(tiny, path))
        (path / "result.json").unlink()
        RunWriter(run).update_status(state="running", phase="training", **machine.this_process())
        changes.request(run, {"learning_rate": 0.02})
        return run

    @property
    def damaged(self) -> list[Run]:
        """The runs that are not sound."""
        return [run for run in listing.list_own_runs() if "." in run.name]

    def command(self, words: str, run: Run) -> None:
        """Give a command about a run: it works, or one sentence says why not."""
        places = {"RUN": run.name, "OUT": self.out / f"{len(self.said)}"}
        places |= {"PHOTOS": self.photos, "PHOTO": self.photos / "a.png"}
        given = [str(places.get(word, word)) for word in words.split()]
        with self._watched(words, run) as said, contextlib.redirect_stderr(said):
            with contextlib.redirect_stdout(io.StringIO()):
                status = fmnist(given)
            if status not in (0, 1) or (status and not in_one_sentence(said.getvalue())):
                self._problem(words, run, f"{status}: {said.getvalue()[-600:]!r}")

    def page(self, page: str, parameter: str, run: Run) -> None:
        """Open a page with a link to a run: it is shown."""
        with self._watched(page or "try_it", run) as said:
            app = visit(page, **({parameter: run.name} if parameter else {}))
            said.write(" ".join(each.value for kind in (app.error, app.warning) for each in kind))
            if app.exception or not app.title:
                self._problem(page, run, f"{app.exception}")

    @contextlib.contextmanager
    def _watched(self, what: str, run: Run) -> Iterator[io.StringIO]:
        """See what is said, how long it takes, and that the sound run stays as it is."""
        began, said, before = time.monotonic(), io.StringIO(), table.row(self.sound)
        try:
            yield said
        except Exception as error:
            self._problem(what, run, f"{type(error).__name__}: {error}")
        if (seconds := time.monotonic() - began) > LIMIT:
            self._problem(what, run, f"took {seconds:.0f} s")
        if table.row(self.sound) != before:
            self._problem(what, run, "changed another run")
        self.said.append((what, run.name, said.getvalue().strip()))

    def _problem(self, what: str, run: Run, text: str) -> None:
        self.problems.append(f"{what}, {run.name}: {text}")


def main() -> int:
    """Print what was said of each damage, and what went wrong; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.damage_runs")
    parser.add_argument(
        "--quick", action="store_true", help="without commands that train or export"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"FMNIST_RUNS": f"{name}/runs", "FMNIST_WARM": "0"}
        small = ("--training-images", "600", "--epochs", "1", "--run", f"{name}/tiny")
        assert fmnist(["train", "tiny", *small]) == 0
        folder = Folder(Path(name, "runs"), Path(name, "tiny"))
        for run in folder.damaged:
            for words in (*QUICK, *(() if options.quick else SLOW)):
                folder.command(words, run)
            for page, parameter in PAGES:
                folder.page(page, parameter, run)
        for row in folder.said:
            print(" | ".join(row))
        print(*folder.problems, sep="\n")
        print(
            f"{len(folder.said)} commands and pages with {len(folder.damaged)} damaged runs; wrong: {len(folder.problems)}"
        )
    return min(len(folder.problems), 1)


if __name__ == "__main__":
    sys.exit(main())
