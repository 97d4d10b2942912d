"""Whether this computer has what the app and a training need: memory, processor, ports, and settings that fit."""

import os
import platform
import socket
from collections.abc import Iterator

import cv2

from fmnist import machine
from fmnist.model_files import walls
from fmnist.people import mode
from fmnist.runs import places
from fmnist.runs.files import RunError

from .finding import Finding

LEAST_MEMORY = 0.7e9  # bytes: the app alone
TRAINING_MEMORY = 2.5e9  # the app and one training
PORTS = {8501: "app", 8000: "serve"}  # where each command listens unless told otherwise
AVX, AVX512F = 10, 13  # OpenCV's numbers, of which Python gets no names: core/cvdef.h
BACKENDS = ("tensorflow", "jax")


def check() -> Iterator[Finding]:
    """Memory, processor, ports, the sandbox's walls, and the settings in the environment."""
    yield _memory()
    yield _processor()
    yield from _ports()
    yield from _walls()
    yield _settings()


def _memory() -> Finding:
    free = machine.memory_available()
    text = f"{free / 1e9:.1f} GB of {machine.description()['memory_gb']} GB are free"
    if free < LEAST_MEMORY:
        return Finding(
            "memory", "wrong", f"{text}; the app needs {LEAST_MEMORY / 1e9:g} GB. Close something."
        )
    if free < TRAINING_MEMORY:
        return Finding(
            "memory",
            "note",
            f"{text}; with less than {TRAINING_MEMORY / 1e9:g} GB the system may end a training.",
        )
    return Finding("memory", "good", f"{text}.")


def _processor() -> Finding:
    cores = machine.cores()
    text = f"{machine.description()['processor']}, {cores} core{'s' * (cores > 1)}"
    if platform.machine().lower() in ("x86_64", "amd64"):
        if not cv2.checkHardwareSupport(AVX):
            return Finding(
                "processor", "wrong", f"{text}: it has no AVX, which TensorFlow needs to train."
            )
        if not cv2.checkHardwareSupport(AVX512F):
            return Finding(
                "processor", "note", f"{text}: without AVX-512 large networks take longer."
            )
    return Finding("processor", "good", f"{text}.")


def _ports() -> Iterator[Finding]:
    for port, command in PORTS.items():
        with socket.socket() as probe:
            if os.name == "posix":  # a port that was in use a moment ago is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                reason = (error.strerror or str(error)).rstrip(".")
                yield Finding(
                    "ports",
                    "note",
                    f"Port {port}, where `{command}` listens, is not free ({reason}); it may run already. `--port` names another.",
                )
            else:
                yield Finding("ports", "good", f"{port}, for `{command}`, is free.")


def _walls() -> Iterator[Finding]:
    """What limits the process in which other people's model files are loaded."""
    for sentence in (lacking := walls.missing()):
        yield Finding("sandbox", "note", sentence)
    if not lacking:
        yield Finding("sandbox", "good", "The system limits what a model file can reach.")


def _settings() -> Finding:
    try:
        now = mode.current()
        count = places.count()
        if (backend := os.environ.get("KERAS_BACKEND", "tensorflow")) not in BACKENDS:
            raise RunError(f"KERAS_BACKEND is {backend[:40]!r}; expected tensorflow or jax.")
    except (mode.ModeError, RunError) as error:
        return Finding("settings", "wrong", str(error))
    return Finding("settings", "good", f"The mode is {now}; {count} may train at once.")
