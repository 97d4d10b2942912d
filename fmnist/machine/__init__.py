"""This computer: versions, processor, memory, and whether a worker process is alive.

In: what the operating system and the installed packages report. Not in: anything of this project.
"""

import contextlib
import functools
import gc
import importlib.metadata
import math
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil

from . import limits

EXTRAS = {  # the extra of pyproject.toml that brings each package which the core does without
    "streamlit": "app",
    "yaml": "app",
    "pyarrow": "tables",
    "h5py": "train",
    "keras": "train",
    "onnx": "export",
    "onnxruntime": "export",
    "openvino": "export",
    "tf2onnx": "export",
    "tensorflow": "train",
    "optuna": "sweep",
    "ray": "cluster",
    "altair": "benchmark",
    "pandas": "benchmark",
    "vl_convert": "benchmark",
    "starlette": "serve",
    "uvicorn": "serve",
    "python_multipart": "serve",
    "threadpoolctl": "serve",
}
BESIDE = {"cluster"}  # extras that requirements.txt does not have
ROUNDING = 2.0  # seconds by which two looks at the start of one process may differ


class BackendError(Exception):
    """Keras, or what it computes with, cannot be loaded; the message says why."""


def to_install(package: str) -> str:
    """What to install where an optional package is missing, in a sentence."""
    what = package
    if package in EXTRAS:
        try:
            importlib.metadata.version("fmnist")
            what = f'"fmnist[{EXTRAS[package]}]"'
        except importlib.metadata.PackageNotFoundError:  # it runs from a clone
            extra = EXTRAS[package]
            what = f'".[{extra}]"' if extra in BESIDE else "-r requirements.txt"
    return f"{package} is not installed: pip install {what}"


def versions() -> dict[str, str]:
    """Version of Python and of each installed package that shapes a trained model."""
    found = {"python": platform.python_version()}
    for package in ("keras", "tensorflow", "jax", "numpy"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found


def description() -> dict[str, Any]:
    """The machine: system, processor, cores, memory in GB."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": cores(),
        "memory_gb": round(limits.memory(psutil.virtual_memory().total) / 1e9),
    }


def cores() -> int:
    """Cores that this process may use: those it is bound to, or fewer where a container has a quota."""
    bound = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return max(1, min(bound, math.ceil(limits.cores(bound))))


def memory_available() -> float:
    """Bytes that can be had without others being swapped out, within the container's limit too."""
    return limits.memory_available(psutil.virtual_memory().available)


def this_process() -> dict[str, Any]:
    """What `process` says of this one."""
    return process(os.getpid())


def process(pid: int) -> dict[str, Any]:
    """What names a process for good: `this_system`, its pid, and its start in seconds since that start of the system.

    Raises:
        psutil.Error: there is none of that pid.
    """
    started = _uptime_at_start(psutil.Process(pid))
    return {"pid": pid, "pid_started": started, **this_system()}


def this_system() -> dict[str, str]:
    """What names this start of this system, or of this container, which has pids of its own."""
    return {"boot": _boot(), "host": _host()}


def is_alive(process: Mapping[str, Any]) -> bool:
    """Whether the process that `this_process` described still runs, here.

    The start time tells it from a later process that was given the same pid.
    """
    try:
        if not is_here(process):
            return False
        found = psutil.Process(process["pid"])
        same = abs(_uptime_at_start(found) - process["pid_started"]) < ROUNDING
        # A zombie has ended; its parent has only not asked for its exit status yet.
        return bool(same and found.status() != psutil.STATUS_ZOMBIE)
    except (KeyError, TypeError, ValueError, psutil.Error):
        return False


def is_here(process: Mapping[str, Any]) -> bool:
    """Whether it was described in this system since it was started, so that its pid is of a process here."""
    return {name: process.get(name) for name in ("boot", "host")} == this_system()


def is_from_before(process: Mapping[str, Any]) -> bool:
    """Whether it was described in this system before it was started again, or nobody knows where."""
    return process.get("host", _host()) == _host() and process.get("boot") != _boot()


def _uptime_at_start(process: psutil.Process) -> float:
    """Seconds from the system's start to the process's: the clock may be set while it runs."""
    return float(process.create_time() - psutil.boot_time())


@functools.cache
def _boot() -> str:
    """What tells one start of the system from the next, where it has a name (Linux)."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return ""


@functools.cache
def _host() -> str:
    """The system's name; on Linux with the number of its PID namespace, as containers may share all else."""
    with contextlib.suppress(OSError):
        return f"{platform.node()} {Path('/proc/self/ns/pid').stat().st_ino}"
    return platform.node()


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Drop what native code prints; TensorFlow tells of absent GPUs before it can be told not to."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


def for_tensorflow(cores: int) -> dict[str, str]:
    """The environment variables with which TensorFlow is fast on so many cores; it reads them when it is loaded.

    - The two halves of a batch are trained on beside each other (`training.tf_stepper`), each operation with
      half of the cores.
    - oneDNN computes convolutions. By default it does so only where there is AVX-512 VNNI.
    """
    threads = {
        "TF_NUM_INTRAOP_THREADS": str(max(1, cores // 2)),
        "TF_NUM_INTEROP_THREADS": str(max(2, cores)),
    }
    on_x86 = platform.machine() in ("x86_64", "AMD64")
    return threads | ({"TF_ENABLE_ONEDNN_OPTS": "1"} if on_x86 else {})


@contextlib.contextmanager
def loading_keras() -> Iterator[None]:
    """Around an import that loads Keras, which takes seconds.

    Raises:
        BackendError: it cannot be loaded.
    """
    for name, value in for_tensorflow(cores()).items():
        os.environ.setdefault(name, value)
    collects = gc.isenabled()
    gc.disable()  # what is loaded stays: to look through it again and again takes a fifth of the time
    try:
        with quiet_stderr():
            yield
    except ModuleNotFoundError as error:
        raise BackendError(to_install(error.name or "A package")) from None
    except Exception as error:  # no such KERAS_BACKEND, say, or a package that does not fit here
        said = (str(error).strip() or type(error).__name__).splitlines()[-1]
        raise BackendError(f"TensorFlow and Keras cannot be loaded here: {said}") from None
    finally:
        if collects:
            gc.enable()


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


@functools.cache
def version() -> str:
    """Of this package: what is installed, or a clone's pyproject.toml."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version("fmnist")
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    return str(project["project"]["version"])
