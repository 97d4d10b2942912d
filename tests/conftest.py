"""What all tests share: a place for runs of their own, one finished training, the command line."""

import contextlib
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

# Several processes test at once: each with threads for all cores would be in the others' way. It is
# said before anything loads TensorFlow, and to every process that a test starts.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")

import filelock
import numpy as np
import psutil
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from fmnist import machine
from fmnist.data import library
from fmnist.data.dataset import Arrays, Form
from fmnist.machine import folders
from fmnist.machine.disk import replacing
from fmnist.networks.work import Work
from fmnist.people import acting
from fmnist.people.person import OWNER
from fmnist.recipes import registry
from fmnist.runs import creation, speed
from fmnist.runs.run import Run
from fmnist.runs.speed import Speed
from fmnist.runs.states import ACTIVE
from fmnist.runs.writer import RunWriter

# Keras' own code: it saves weights through h5py, which numpy 2 warns about.
KERAS_NOISE = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
# What takes longest begins first, so that no process is left alone with it at the end.
LONGEST = (
    *("browser/", "training/test_trainer", "app/test_train_page", "inference/test_classifier"),
    *("training/test_learning_from_others", "training/test_stopping", "jobs/test_launcher"),
    *("app/test_models_page", "runs/test_damaged_runs", "app/mistakes/test_mistakes_page"),
    *("cli/test_evaluate", "cli/test_train", "app/test_adding_data", "app/test_try_page"),
    *("test_packaging", "app/test_train_form", "app/test_own_data", "app/test_data_page"),
    *("model_files/test_importer", "model_files/test_saved_models", "training/test_flagship"),
    *("benchmark/test_benchmark", "training/test_tf_stepper", "app/test_pages"),
)
WAIT = 90.0  # seconds that something may take which takes a few on an idle machine


def fmnist(*arguments: str | Path, **options) -> subprocess.CompletedProcess:
    """Run `python -m fmnist` as a person at a shell does, and wait for its end."""
    command = [sys.executable, "-m", "fmnist", *map(str, arguments)]
    return subprocess.run(command, cwd=folders.ROOT, capture_output=True, text=True, **options)


def python(code: str, *arguments: str, **options) -> str:
    """Run code in a fresh interpreter that finds the project; what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=options.pop("cwd", folders.ROOT),
        capture_output=True,
        text=True,
        **options,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def disk_is_full_for(path: Path) -> None:
    """Whatever this thread writes to take the place of that file finds no space."""
    with contextlib.suppress(FileNotFoundError), replacing(path) as new:
        pass  # nothing is written, and nothing replaced
    new.symlink_to("/dev/full")


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Look again and again until the condition holds; fail after `WAIT` seconds."""
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline, f"waited {WAIT:.0f} s for: {what}"
        time.sleep(0.03)


def in_one_sentence(text: str) -> bool:
    """Whether a message is one line for a person, of a length to be read."""
    line = text.strip()
    return 10 < len(line) < 500 and "\n" not in line and "Traceback" not in line


def tells(text: str, *facts: str) -> bool:
    """Whether a message is one line for a person, and names all of these."""
    return in_one_sentence(text) and all(fact in text for fact in facts)


def pytest_collection() -> None:
    """What is imported from here on stays: to look through it again and again takes a fifth of the time."""
    gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files of LONGEST first; within a file, and after them, the order stays."""
    folder = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        name = item.path.relative_to(folder).as_posix()
        those = (place for place, begins in enumerate(LONGEST) if name.startswith(begins))
        return next(those, len(LONGEST))

    items.sort(key=place)


class Files(LoadFileScheduling):
    """A file of tests goes to one process, and those with a browser together, as they share it."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "browser" if "/browser/" in file else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """How `--dist loadfile` divides the tests among processes."""
    return Files(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """TensorFlow's converter, Keras and Python need not look through what is loaded now, either."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """The test's own folder for runs, empty; workers that still live are ended with the test."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("FMNIST_RUNS", str(folder))
    monkeypatch.setenv("FMNIST_WARM", "0")  # one in each test would cost more than it saves
    monkeypatch.delenv("FMNIST_WORKERS", raising=False)
    monkeypatch.setattr(
        acting, "_find", lambda: OWNER
    )  # this process is no server; pages that it shows say who looks
    yield folder
    if any(Run(path.parent).state in ACTIVE for path in folder.glob("*/status.json")):
        end_workers(folder)


@pytest.fixture
def in_class(monkeypatch) -> None:
    """The app serves a class; commands are those of whoever sits here."""
    monkeypatch.setenv("FMNIST_MODE", "class")


def end_workers(folder: Path) -> None:
    """End the trainings of runs in that folder that this process started: one that just begins, too."""
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if any(word.startswith(f"{folder}{os.sep}") for word in child.cmdline()):
                child.kill()


@pytest.fixture
def signals():
    """A worker takes the signals of its process; give them back to the tests."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def tiny_training(tmp_path_factory, worker_id) -> Path:
    """The folder of `python -m fmnist train tiny`, done once for all; `printed.txt` beside it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "trained"
    with filelock.FileLock(f"{folder}.lock"):
        if not (folder / "printed.txt").exists():
            shutil.rmtree(folder, ignore_errors=True)
            done = fmnist("train", "tiny", "--run", folder / "tiny-1")
            assert done.returncode == 0, done.stderr
            (folder / "printed.txt").write_text(done.stdout)
    return folder


@pytest.fixture
def tiny(tiny_training, home) -> Run:
    """A finished run of the recipe `tiny`, the user's own, named tiny-1."""
    shutil.copytree(tiny_training / "tiny-1", home / "tiny-1")
    return Run(home / "tiny-1")


@pytest.fixture
def measured(home) -> Speed:
    """A machine whose speed is known: some 80 GFLOP/s in convolutions."""
    found = Speed(
        machine=speed.identity(),
        precision="float32",
        seconds=Work(12e-12, 12e-12, 3e-9, 1e-9, 1e-3),
        augmentations={"flip": 1e-6, "sketch-photo": 1e-3},
    )
    speed.write(found)
    return found


@pytest.fixture
def make_run(home) -> Callable[..., Run]:
    """A function that makes a run directory and gives it a status, as a worker does."""

    def make_run(name: str, state: str = "queued", recipe: str = "tiny", **status) -> Run:
        run = creation.create(registry.find(recipe), home / name)
        RunWriter(run).update_status(state=state, **status)
        return run

    return make_run


@pytest.fixture
def running(make_run) -> Run:
    """A run in the middle of its second epoch; its worker is this very process."""
    status = {"phase": "training", "epoch": 2, "epochs": 3, "step": 30, "steps": 75}
    run = make_run("tiny-running", "running", **machine.this_process(), **status, progress=0.47)
    RunWriter(run).add_metrics(epoch=0.5, loss=1.5, accuracy=0.5)
    RunWriter(run).add_metrics(
        epoch=1,
        end_of_epoch=True,
        seconds=0.6,
        loss=1.2,
        accuracy=0.6,
        validation_loss=0.9,
        validation_accuracy=0.7,
    )
    RunWriter(run).add_metrics(epoch=1.4, loss=0.8, accuracy=0.72)
    return run


def fill_checkpoint(folder: Path, seed: int = 0) -> None:
    """Put the files of a checkpoint into a folder, small ones."""
    numbers = np.random.default_rng(seed)
    np.savez(folder / "state.npz", numbers.random(40), numbers.random(7))
    np.savez(folder / "best.npz", numbers.random(40))
    (folder / "progress.json").write_text(json.dumps({"split": 0, "epoch": seed}))


@pytest.fixture
def stopped(tiny) -> Run:
    """A run that was stopped after its last epoch but one, say: a model, and a checkpoint."""
    told = json.loads((tiny.path / "result.json").read_text())
    (tiny.path / "result.json").write_text(json.dumps(told | {"stopped": True}))
    RunWriter(tiny).save_checkpoint(fill_checkpoint)
    return tiny


@pytest.fixture
def failed(make_run) -> Run:
    """A run whose loss became NaN."""
    return make_run("tiny-failed", "failed", error="The loss became nan in epoch 1.")


@pytest.fixture
def interrupted(make_run) -> Run:
    """A run whose worker's process is no more: its pid is now another's."""
    return make_run(
        "tiny-interrupted", "running", pid=os.getpid(), pid_started=1.0, phase="training"
    )


@pytest.fixture
def broken(home) -> Run:
    """A directory among the runs whose run.json was cut short."""
    (home / "broken").mkdir(parents=True)
    (home / "broken" / "run.json").write_text('{"recipe": {"name": "ti')
    return Run(home / "broken")


SHAPES = Form(48, colour=True)


def shapes(count: int, seed: int) -> Arrays:
    """Squares of three colours somewhere on grey noise, a third each: (N, 48, 48, 3) and (N,) uint8."""
    rng = np.random.default_rng(seed)
    images = np.repeat(rng.integers(90, 160, (count, 48, 48, 1), np.uint8), 3, axis=-1)
    labels = (np.arange(count) % 3).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        top, left = rng.integers(2, 26, 2)
        image[top : top + 20, left : left + 20] = np.eye(3, dtype=np.uint8)[label] * 230
    return images, labels


@pytest.fixture(scope="session")
def shapes_training(tmp_path_factory, worker_id) -> Path:
    """The folder of a training on an own data set of colour images, done once for all."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "shapes"
    with filelock.FileLock(f"{folder}.lock"), pytest.MonkeyPatch.context() as patch:
        if not (folder / "shapes-1" / "result.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
            patch.setenv("FMNIST_RUNS", str(folder))
            splits = {"train": shapes(240, 0), "test": shapes(60, 1)}
            names = ("red", "أخضر", "🟦")
            library.add("shapes", names, SHAPES, splits, framing="squeezed")
            epochs = ("--epochs", "6")
            done = fmnist(
                "train", "tiny", "--data", "shapes", *epochs, "--run", folder / "shapes-1"
            )
            assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def own(shapes_training, home) -> Run:
    """A finished run on `shapes`, an own data set of three classes, 48 x 48 pixels in colour."""
    shutil.copytree(shapes_training, home, dirs_exist_ok=True)
    return Run(home / "shapes-1")
