"""Start, queue, stop and resume workers on this machine.

A worker is a separate process, `python -m fmnist work DIR`, that outlives the browser tab and the server. It trains
that run and then the next ones of the queue, so that TensorFlow is loaded once.
"""

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from fmnist import machine
from fmnist.data.dataset import DataSet
from fmnist.machine import folders
from fmnist.machine.disk import explain, is_locked
from fmnist.people import acting, mode
from fmnist.recipes.recipe import Recipe
from fmnist.runs import allowance, cluster, creation, listing, parents, queue, rights, speed
from fmnist.runs.fields import Layer
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.states import ACTIVE, RESUMABLE
from fmnist.runs.writer import RunWriter

WARM_MEMORY = (
    4e9  # bytes that must be free for a worker to wait with TensorFlow loaded: it has 0.7e9
)

_warm: subprocess.Popen[bytes] | None = None  # this process' warm worker, which waits for a run
_follower: subprocess.Popen[bytes] | None = None  # this process' last one; see `_bring_follower`
_measured = False  # whether this process has had the machine's speed measured
_warm_lock = threading.Lock()
_one_more = threading.Lock()  # who counts the runs that wait and adds one is alone meanwhile


def start(recipe: Recipe, **about: Any) -> Run:
    """Make a run of the recipe, and see that a worker trains it when its turn comes.

    `about` is what more run.json has.

    Raises:
        RunError: too many runs wait, the recipe asks for more than the person may have, another run that it needs is
            missing or does not fit, the run directory cannot be written, or FMNIST_WORKERS or FMNIST_QUEUE is wrong.
    """
    run = create(recipe, **about)
    _leave(run)
    return run


def create(recipe: Recipe, path: Path | None = None, **about: Any) -> Run:
    """Make a run of the recipe for this process to train, after checking that it can be trained.

    Raises:
        RunError: see `start`; or the folder `path` is not empty, or Keras is not installed.
    """
    mode.insist("train", RunError)
    check_workers()
    person = acting.person()
    allowance.check(recipe, person)
    parents.resolve(recipe)
    with _one_more:
        queue.check(person)
        return creation.create(recipe, path, **about)


def resume(run: Run) -> None:
    """See that a run which was stopped, failed or interrupted is trained further, from its checkpoint.

    Raises:
        RunError: the run is somebody else's, active, finished or broken, its checkpoint is damaged, another run that
            its recipe needs is missing or does not fit, too many runs wait, it has trained for as long as its owner's
            runs may, or FMNIST_WORKERS or FMNIST_QUEUE is wrong.
    """
    prepare_resume(run)
    try:
        _leave(run)
    except RunError:
        RunWriter(run).restore_result()
        raise


def restart(run: Run, **settings: Any) -> Run:
    """Start a new run with the recipe of another, with some settings changed if given.

    Raises:
        RunError: that run is broken; or see `start`.
        RecipeError: a setting is invalid.
    """
    return start(run.recipe.changed(**settings))


def prepare_resume(run: Run) -> None:
    """Put a run back in the queue, for this process to train; one that waits for any worker, too.

    Raises:
        RunError: see `resume`.
    """
    mode.insist("train", RunError)
    rights.check(run)
    cluster.check()
    with _errors_in_words(run):
        if queue.take_back(run):
            return
    if (state := run.state) not in RESUMABLE:
        raise RunError(
            f"{run.described(state)}; only a stopped, failed or interrupted run can be resumed."
        )
    try:
        allowance.check_resume(run)
        creation.check_network(run.recipe, run.dataset)
        parents.resolve(run.recipe, run.dataset)
        run.check_checkpoint()
        with _one_more, _errors_in_words(run):
            queue.check(allowance.owner(run))
            queue.add(run)
    except RunError:
        RunWriter(run).restore_result()  # in case its worker was killed before it did
        raise


def stop(run: Run) -> None:
    """Request the run's worker to stop after the current batch; the model trained so far is kept.

    Raises:
        RunError: the run is somebody else's, or neither training nor waiting.
    """
    rights.check(run)
    if (state := run.state) not in ACTIVE:
        raise RunError(f"{run.described(state)}; only a run that trains or waits can be stopped.")
    with _errors_in_words(run):
        queue.request_stop(run)


def bring_workers() -> None:
    """Start a worker for whoever is next, where a place is free and none is about to take it.

    Called by whoever adds a run, sees one wait, or lets a place go; where nothing waits it costs microseconds.
    A run whose worker cannot be started has failed, and says why.
    """
    with suppress(RunError, OSError):  # the folder cannot be written to: pages say that
        if cluster.address():
            if queue.left():
                _bring_follower()
            return
        while run := queue.give():
            try:
                _start_worker(run)
            except RunError as error:
                RunWriter(run).restore_result()
                RunWriter(run).update_status(state="failed", error=str(error))


def _bring_follower() -> None:
    """Start the process that trains on the cluster what is left to it, where it is not there."""
    global _follower
    starting = _follower is not None and _follower.poll() is None
    if starting or is_locked(folders.home() / cluster.LOCK):
        return
    folders.home().mkdir(parents=True, exist_ok=True)
    with open(folders.home() / ".cluster.txt", "wb") as log:
        _follower = spawn(["follow"], stdin=subprocess.DEVNULL, stdout=log)


def _leave(run: Run) -> None:
    """Leave a run to any worker.

    Raises:
        RunError: it cannot be written to, or its worker could not be started.
    """
    with _errors_in_words(run):
        queue.leave(run)
    bring_workers()
    if (status := run.status).get("state") == "failed":
        raise RunError(status.get("error", ""))


def _start_worker(run: Run) -> None:
    """Give the run to the warm worker or start a new one; its output goes to log.txt."""
    if (worker := _give_to_warm_worker(run)) is None:
        with _errors_in_words(run), RunWriter(run).open_log() as log:
            worker = spawn(["work", str(run.path)], stdin=subprocess.DEVNULL, stdout=log)
    with suppress(RunError, OSError):  # it reports itself in a moment
        queue.note_worker(run, worker.pid)


def keep_warm() -> None:
    """Keep a warm worker waiting with TensorFlow loaded, which saves seconds at the next start.

    There is at most one, and none during a training or if memory is short. It ends after waiting for
    `worker.IDLE`, or with this process. FMNIST_WARM=0 turns it off. On a cluster it is a place there, and the
    process that follows it.
    """
    global _warm
    if os.name != "posix" or os.environ.get("FMNIST_WARM") == "0" or not _can_train():
        return
    if mode.refusal("train"):
        return
    if cluster.is_used():
        if importlib.util.find_spec("ray"):
            with suppress(OSError):  # the folder cannot be written to: pages say that
                _bring_follower()
        return
    short = machine.memory_available() < WARM_MEMORY
    with _warm_lock:
        if _warm is not None and (short or _warm.poll() is not None):
            if _warm.stdin:
                _warm.stdin.close()  # it ends
            _warm = None
        if short or _warm is not None:
            return
        if not any(run.state in ACTIVE for run in listing.own_folders()):
            _warm = spawn(["wait"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)


def measure_machine() -> bool:
    """See that this machine's speed is measured, by a warm worker, once in this process; whether that goes on."""
    global _measured
    if cluster.is_used() or speed.read():
        return False
    with _warm_lock:
        first, _measured = not _measured, True
    if first:
        keep_warm()
    return _warm is not None and _warm.poll() is None


def check_workers() -> None:
    """See that what trains is there: a cluster, or Keras here.

    Raises:
        RunError: it is not.
    """
    cluster.check()
    if not cluster.address() and not _can_train():
        raise RunError(machine.to_install("keras"))


def _can_train() -> bool:
    """Whether Keras is installed, which is needed only for training."""
    return importlib.util.find_spec("keras") is not None


def _give_to_warm_worker(run: Run) -> subprocess.Popen[bytes] | None:
    global _warm
    with _warm_lock:
        worker, _warm = _warm, None
    if worker is None or worker.stdin is None:
        return None
    with suppress(OSError), worker.stdin as pipe:  # it may end just now
        if worker.poll() is None:
            pipe.write(f"{run.path}\n".encode())
            pipe.flush()
            return worker
    return None


def spawn(arguments: list[str], stdin: Any, stdout: Any) -> subprocess.Popen[bytes]:
    """Start `python -m fmnist` in a new session, which outlives the server."""
    return subprocess.Popen(
        [sys.executable, "-m", "fmnist", *arguments],
        cwd=folders.ROOT,
        env=_environment(),
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    """For a process that works elsewhere: the same runs, whatever the working folder here."""
    return os.environ | {"FMNIST_RUNS": str(folders.home())}


@contextmanager
def _errors_in_words(run: Run) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(f"{run.name} cannot be written to: {explain(error)}") from None


def describe(architecture: str, dataset: DataSet) -> list[Layer]:
    """The layers of an architecture built for a data set: name, type, output_shape, parameters of each.

    They are read from a run that trained it; without one, a process builds the network, which takes
    seconds.

    Raises:
        RunError: the network cannot be built.
    """
    for run in listing.list_runs():
        with suppress(RunError):
            if _is_network_of(run, architecture, dataset) and (result := run.result):
                return result["layers"]
    command = [sys.executable, "-m", "fmnist", "layers", architecture, "--json"]
    command += ["--data", dataset.name]
    done = subprocess.run(
        command, cwd=folders.ROOT, env=_environment(), capture_output=True, text=True
    )
    if done.returncode:
        reason = (done.stderr.strip() or "its process ended without a message").splitlines()[-1]
        raise RunError(f"The network {architecture} cannot be built: {reason[-300:]}")
    return msgspec.json.decode(done.stdout, type=list[Layer])


def _is_network_of(run: Run, architecture: str, dataset: DataSet) -> bool:
    own = run.dataset
    same_size = (own.form, own.classes) == (dataset.form, dataset.classes)
    return same_size and run.recipe.architecture == architecture
