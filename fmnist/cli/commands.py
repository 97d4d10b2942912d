"""The command line: which function each command is, and what becomes of its errors."""

import contextlib
import importlib
import os
import sys

from fmnist.data.dataset import DatasetError
from fmnist.machine import EXTRAS, BackendError, to_install
from fmnist.machine.disk import explain
from fmnist.model_files import inspection
from fmnist.networks.layer_kinds import NetworkError
from fmnist.people.classroom import ClassError
from fmnist.people.mode import ModeError
from fmnist.recipes.fields import RecipeError
from fmnist.runs import cluster
from fmnist.runs.files import RunError

from . import console
from .arguments import parser

# Where each command is; its module is loaded for that command alone, as some load much.
COMMANDS = {
    "app": "app_command.app",
    "serve": "serve_command.serve",
    "train": "training_commands.train",
    "resume": "training_commands.resume",
    "restart": "training_commands.restart",
    "wait": "training_commands.wait",
    "follow": "cluster_commands.follow",
    "place": "cluster_commands.place",
    "work": "training_commands.work",
    "stop": "training_commands.stop",
    "change": "change_command.change",
    "reproduce": "training_commands.reproduce",
    "ablate": "training_commands.ablate",
    "sweep": "sweep_commands.sweep",
    "sweeps": "sweep_commands.sweeps",
    "sweep-work": "sweep_commands.work",
    "data": "data_commands.data",
    "lesson": "lesson_commands.lesson",
    "models": "run_commands.models",
    "layers": "run_commands.layers",
    "complete": "run_commands.complete",
    "precompute": "run_commands.precompute",
    "evaluate": "model_commands.evaluate",
    "predict": "model_commands.predict_files",
    "import": "model_commands.add",
    "export": "export_commands.export",
    "benchmark": "benchmark_commands.benchmark",
    "doctor": "doctor_command.doctor",
    "capacity": "capacity_command.plan",
}
LASTING = (
    "data",
    "train",
    "resume",
    "restart",
    "wait",
    "work",
    "reproduce",
    "ablate",
    "sweep",
    "sweep-work",
)
ERRORS = (
    BackendError,
    ClassError,
    DatasetError,
    ModeError,
    NetworkError,
    RecipeError,
    RunError,
    inspection.ModelFileError,
    OSError,
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status is 0, 1 if something went wrong, 2 for unusable arguments."""
    return console.run(lambda: _run(arguments))


def _run(arguments: list[str] | None) -> int:
    options = parser().parse_args(arguments)
    if (address := getattr(options, "cluster", None)) is not None:
        os.environ[cluster.VARIABLE] = address
    lasts = options.command in LASTING
    try:
        with console.unread_is_fine() if lasts else contextlib.nullcontext():
            module, function = COMMANDS[options.command].split(".")
            command = getattr(importlib.import_module(f".{module}", __package__), function)
            status: int = command(options)
            console.flush()
            return status
    except BrokenPipeError:
        raise
    except ERRORS as error:
        message = explain(error) if isinstance(error, OSError) else error
        print(f"fmnist: {message}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        print(f"fmnist: {to_install(error.name)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # as shells report an interrupted command


def restart_in_utf8() -> None:
    """Take Python's UTF-8 mode where the locale's own encoding cannot hold every path, as ASCII."""
    if sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        os.environ["PYTHONUTF8"] = "1"  # of the processes that this one starts, too
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
