"""A place to train on a node of a cluster: a Ray actor with a worker process, which trains one run after the other.

Ray sends this module to the node by value, so it needs nothing but Python there: a node without this package, or with
another version of it, reports that. No storage is shared: files come and go as bytes.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

if sys.platform != "win32":  # no node, but this machine may be one
    import fcntl

PREFIX = "fmnist-place-"  # of the folders for files on a node
DONE = ".done"  # the worker has done all there is to do for a run
PACKAGES = ("keras", "tensorflow", "numpy", "jax")
MOST = 20  # trainings of one worker process, each of which leaves some megabytes
ABANDONED = 60.0  # seconds after which a folder that nobody holds is nobody's
WAIT = 0.5  # seconds until news are reported
LOOK = 0.02  # seconds between two looks whether a run has ended
GROWING = ("metrics.jsonl", "log.txt")
MADE = ("model.keras", "model.tflite", "predictions.npz", "result.json")

Files = dict[str, bytes]  # content, by the path below a folder


class Place:
    """The actor. Its methods are called one after the other."""

    def __init__(self, cpus: int, environment: dict[str, str]):
        """`cpus` are for how many threads the place was given, `environment` is the worker's beside the node's."""
        self._cpus, self._environment = cpus, environment
        self._worker: subprocess.Popen[bytes] | None = None
        self._trained = 0  # runs that this worker was given
        self._has: dict[str, str] = {}  # stamps of the folders that were sent
        _delete_abandoned()
        self._scratch = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = _locked(self._scratch)
        self._run = self._scratch

    def describe(self) -> dict[str, Any]:
        """Id, host and versions of the node, and a digest of its copy of this package, "" if there is none."""
        versions = {"python": platform.python_version()}
        for package in PACKAGES:
            try:
                versions[package] = importlib.metadata.version(package)
            except importlib.metadata.PackageNotFoundError:
                continue
        found = _package()
        digest = digest_of(found) if found else ""
        import ray  # which runs this

        node = ray.get_runtime_context().get_node_id()
        return {"node": node, "host": socket.gethostname(), "versions": versions, "package": digest}

    def warm_up(self) -> None:
        """Start the worker, which loads TensorFlow meanwhile."""
        if self._worker is None or self._worker.poll() is not None or self._trained >= MOST:
            self._end_worker()
            self._worker, self._trained = self._start_worker(), 0

    def lacks(self, stamps: dict[str, str]) -> list[str]:
        """Which folders must be sent, of those that a run needs, by what tells their content."""
        return [path for path, stamp in stamps.items() if self._has.get(path) != stamp]

    def put(self, path: str, stamp: str, files: Files) -> None:
        """Replace a folder that runs need."""
        _fill(self._scratch / path, files)
        self._has[path] = stamp

    def begin(self, name: str, files: Files) -> str:
        """Let the worker train a run; where its folder is here."""
        shutil.rmtree(self._scratch / "training", ignore_errors=True)
        self._run = self._scratch / "training" / name
        _fill(self._run, files)
        self.warm_up()
        self._trained += 1
        assert self._worker is not None
        assert self._worker.stdin is not None
        self._worker.stdin.write(f"{self._run}\n".encode())
        self._worker.stdin.flush()
        return str(self._run)

    def exchange(self, seen: dict[str, Any], orders: dict[str, Any]) -> dict[str, Any]:
        """Take orders, wait for news, and report them.

        Args:
            seen: as the last call returned it, {} at first.
            orders: `stop`, whether to stop; `changes`, those asked for; `checkpoint`, whether it is wanted now.

        Returns:
            `seen`; `files`, what is new, as (offset, bytes) by name; `checkpoint`, the files of a new one or
            None; `ended`, whether the worker has done all; `died`, how the worker ended before, or "";
            `waited`, seconds.
        """
        if orders["stop"]:
            (self._run / "stop").touch()
        if orders["changes"]:
            self._ask_for(orders["changes"])
        began = time.monotonic()
        is_new = self._has_result() and "result.json" not in seen
        while not (ended := self._ended()) and time.monotonic() < began + WAIT and not is_new:
            time.sleep(LOOK)
            is_new = self._has_result() and "result.json" not in seen
        waited = time.monotonic() - began
        died = "" if (self._run / DONE).exists() else self._death()
        return self._news(dict(seen), bool(ended), died, orders["checkpoint"]) | {"waited": waited}

    def abandon(self) -> None:
        """End the worker, whatever it does."""
        self._end_worker()
        self._worker = None

    def end(self) -> None:
        """End the worker and delete all files; the place is not used after that."""
        self._end_worker()
        self._lock.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _ended(self) -> bool:
        return (self._run / DONE).exists() or bool(self._death())

    def _death(self) -> str:
        code = self._worker.poll() if self._worker else None
        if code is None:
            return ""
        return f"was ended by signal {-code}" if code < 0 else f"ended with status {code}"

    def _has_result(self) -> bool:
        return (self._run / "result.json").exists()

    def _news(self, seen: dict[str, Any], ended: bool, died: str, wanted: bool) -> dict[str, Any]:
        """What is new; the checkpoint is read first, as the curve must be at least as new."""
        names = [*MADE, "precomputed.npz"] if self._has_result() else []
        checkpoint = self._checkpoint(seen) if wanted or ended or names else None
        files: dict[str, tuple[int, bytes]] = {}
        for name in [*GROWING, "changes.json", *names, "status.json"]:
            self._add(name, seen, files)
        return {
            "seen": seen,
            "files": files,
            "checkpoint": checkpoint,
            "ended": ended,
            "died": died,
        }

    def _add(self, name: str, seen: dict[str, Any], files: dict[str, tuple[int, bytes]]) -> None:
        """Add what is new of a file: the whole, or of one that grows what was appended."""
        try:
            with open(self._run / name, "rb") as file:
                found = os.fstat(file.fileno())
                stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
                if seen.get(name) == stamp:
                    return
                inode, _, size = seen.get(name) or (0, 0, 0)
                grown = name in GROWING and inode == found.st_ino and size <= found.st_size
                start = size if grown else 0
                file.seek(start)
                files[name] = start, file.read(found.st_size - start)
                seen[name] = stamp
        except FileNotFoundError:
            return

    def _checkpoint(self, seen: dict[str, Any]) -> Files | None:
        """The checkpoint if it is new; None too where it is just being replaced."""
        folder = self._run / "checkpoint"
        try:
            manifest = (folder / "manifest.json").read_bytes()
            if seen.get("checkpoint") == manifest:
                return None
            digests = json.loads(manifest)["files"]
            files = {name: (folder / name).read_bytes() for name in digests}
        except FileNotFoundError:
            return None
        if any(hashlib.sha256(files[name]).hexdigest() != digests[name] for name in digests):
            return None
        seen["checkpoint"] = manifest
        return files | {"manifest.json": manifest}

    def _ask_for(self, changes: bytes) -> None:
        """Add the changes that are not here yet; those that are may have their place in the training by now."""
        path = self._run / "changes.json"
        with open(self._run / ".changes.lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = json.loads(path.read_bytes()) if path.exists() else []
            keys = {(each["field"], each["asked_at"]) for each in known}
            new = [
                each
                for each in json.loads(changes)
                if (each["field"], each["asked_at"]) not in keys
            ]
            if new:
                path.with_suffix(".sent").write_text(json.dumps(known + new))
                os.replace(path.with_suffix(".sent"), path)

    def _start_worker(self) -> subprocess.Popen[bytes]:
        package = _package()
        assert package
        ours = {name for name in os.environ if name.startswith("FMNIST_")}
        environment = {name: value for name, value in os.environ.items() if name not in ours}
        environment |= self._environment | {
            "FMNIST_RUNS": str(self._scratch / "runs"),
            "FMNIST_DATA": str(self._scratch / "datasets"),
            "PYTHONPATH": os.pathsep.join(
                [str(package.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
            ),
        }
        # As `machine.for_tensorflow` does, which knows nothing of a place's share of the cores.
        environment.setdefault("TF_NUM_INTRAOP_THREADS", str(max(1, self._cpus // 2)))
        environment.setdefault("TF_NUM_INTEROP_THREADS", str(max(2, self._cpus)))
        with open(self._scratch / "worker.txt", "ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "fmnist", "place"],
                cwd=self._scratch,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _end_worker(self) -> None:
        if self._worker:
            if self._worker.poll() is None:
                os.killpg(self._worker.pid, signal.SIGKILL)  # what it has started ends, too
            self._worker.communicate()


def _package() -> Path | None:
    """Where this package is on this machine."""
    found = importlib.util.find_spec("fmnist")
    return Path(found.origin).parent if found and found.origin else None


def digest_of(package: Path) -> str:
    """A digest of a package's Python files."""
    made = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        made.update(f"{path.relative_to(package).as_posix()}\0".encode())
        made.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return made.hexdigest()


def _fill(folder: Path, files: Files) -> None:
    """Make a folder of files, in the place of what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _locked(folder: Path) -> Any:
    """A lock on a folder that this process holds as long as it lives."""
    lock = open(folder / ".lock", "a")  # noqa: SIM115
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def _delete_abandoned() -> None:
    """Delete what places that were killed have left on this node."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime < ABANDONED:  # it may just be made
                continue
            with open(folder / ".lock", "a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # somebody has it
            continue
