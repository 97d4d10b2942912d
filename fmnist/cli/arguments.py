"""What the command line takes: every command, its options and its help."""

import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from fmnist.data.fashion_mnist import DATASET
from fmnist.machine.folders import INSTALLED
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.recipes.fields import Field, live_settings_of, settings_of
from fmnist.recipes.recipe import Recipe
from fmnist.recipes.registry import RECIPES

from .benchmark_arguments import add_benchmark
from .capacity_arguments import add_capacity
from .data_arguments import add_data
from .lesson_arguments import add_lesson
from .model_arguments import add_model_commands
from .options import RUN, add_cluster, add_json, path
from .serve_arguments import add_serve
from .sweep_arguments import add_sweep

DESCRIPTION = "Fashion-MNIST classifiers: train, predict, and measure."
METAVARS = {int: "N", float: "NUMBER", bool: "true|false", str: "NAME"}


def parser() -> argparse.ArgumentParser:
    """The parser: `command` is the command's name; `what`, of `benchmark`, is "serving", "compare", "pictures" or None."""
    name = "fmnist" if INSTALLED else "python -m fmnist"
    top = argparse.ArgumentParser(prog=name, description=DESCRIPTION)
    commands = top.add_subparsers(required=True, metavar="COMMAND", dest="command")
    _add_app(commands.add_parser)
    add_serve(commands.add_parser)
    _add_train(commands.add_parser)
    _add_runs(commands.add_parser)
    _add_reproduce(commands.add_parser)
    _add_ablate(commands.add_parser)
    add_sweep(commands.add_parser)
    add_data(commands.add_parser)
    add_lesson(commands.add_parser)
    _add_models(commands.add_parser)
    add_model_commands(commands.add_parser)
    add_benchmark(commands.add_parser)
    _add_doctor(commands.add_parser)
    add_capacity(commands.add_parser)
    return top


def _add_app(command: Any) -> None:
    app = command("app", help="open the app in the browser")
    app.add_argument("--port", type=int, help="of its server (default: 8501, or the next free one)")
    app.add_argument(
        "--address",
        metavar="HOST",
        help="0.0.0.0 lets others on the network in, to change all that is yours unless --class tells people apart "
        "(default: only you; with --class everybody)",
    )
    app.add_argument(
        "--class",
        dest="for_class",
        action="store_true",
        help="for a class on the same network: prints an address with a QR code to join, and asks for a "
        "password of the teacher's page",
    )
    app.add_argument(
        "--new-password", action="store_true", help="with --class: ask for another password"
    )
    add_cluster(app)
    app.add_argument("--no-browser", action="store_true", help="start the server alone")


def _add_train(command: Any) -> None:
    train = command("train", help="train a recipe; Ctrl-C stops and keeps the model")
    train.add_argument("recipe", nargs="?", metavar="RECIPE", help=_titles(RECIPES.values()))
    train.add_argument(
        "--architecture",
        metavar="FILE.py:BUILDER",
        help="train your own network: a function in a Python file that takes (shape, classes), or nothing, and returns "
        "a Keras model; with the recipe's settings, or those of own-layers",
    )
    train.add_argument("--run", type=path, metavar="DIR", help="the run directory to make or train")
    add_cluster(train)
    _add_set(train, "any of the settings below by its name in run.json, as in --set batch_size=64")
    add_settings(train, settings_of(Recipe))


def _add_set(parser: argparse.ArgumentParser, about: str) -> None:
    parser.add_argument(
        "--set", action=_Setting, metavar="FIELD=VALUE", help=f"{about}; can be repeated"
    )


def _titles(recipes: Iterable[Recipe]) -> str:
    return ", ".join(recipe.title for recipe in recipes)


def add_settings(parser: argparse.ArgumentParser, fields: Mapping[str, Field]) -> None:
    """An option for each field; `settings` has what is given of them and of `--set`, as FIELD=VALUE."""
    parser.set_defaults(settings=())
    groups: dict[str | None, Any] = {}
    for name, field in fields.items():
        if field.group not in groups:
            groups[field.group] = parser.add_argument_group(f"settings: {field.group}")
        groups[field.group].add_argument(
            field.option,
            action=_Setting,
            const=name,
            nargs="*" if field.many else None,
            metavar="RUN" if field.runs else METAVARS[field.item],
            help=_help(field),
        )


def _help(field: Field) -> str:
    text = f"{field.help} Expected: {field.expected}."
    return text.replace("%", "%%")


class _Setting(argparse.Action):
    """Adds what was given to `settings`, as FIELD=VALUE."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """As argparse calls it."""
        text = values if isinstance(values, str) else ",".join(values)
        given = f"{self.const}={text}" if self.const else text
        namespace.settings = (*namespace.settings, given)


def _add_runs(command: Any) -> None:
    resume = command("resume", help="continue a stopped, failed or interrupted run")
    resume.add_argument("run", **RUN)
    add_cluster(resume)
    change = command(
        "change",
        help="change settings of a run while it trains or waits; it trains on with them",
    )
    change.add_argument("run", **RUN)
    _add_set(change, "any of these settings by its name, as in --set learning_rate=0.01")
    add_settings(change, live_settings_of(Recipe))
    restart = command("restart", help="train a new run with the settings that another began with")
    restart.add_argument("run", **RUN)
    add_cluster(restart)
    command("wait")  # what starts a warm worker; without help it is not listed
    command("follow")  # what trains on a cluster what waits
    command("place")  # a worker on a node of one
    command("work").add_argument("run", type=path)  # what starts another one
    stop = command("stop", help="stop a run and keep its model")
    stop.add_argument("run", **RUN)
    complete = command(
        "complete",
        help="make the model.tflite that a run lacks from its model.keras, and measure it; needs TensorFlow",
    )
    complete.add_argument("run", **RUN)
    precompute = command(
        "precompute",
        help="compute a run's neighbours and robustness in advance; pages then show them at once",
    )
    precompute.add_argument(
        "runs",
        nargs="*",
        metavar="RUN",
        help="default: all runs with a large network and no such file",
    )


def _add_reproduce(command: Any) -> None:
    reproduce = command(
        "reproduce",
        help="train the published recipes, or those named; Ctrl-C stops, the same command continues",
    )
    reproduce.add_argument("recipes", nargs="*", metavar="RECIPE", help="default: all published")
    add_cluster(reproduce)
    reproduce.add_argument(
        "--into",
        type=path,
        metavar="DIR",
        help="where to make the run directories (default: runs/reproduced-RECIPE; with --seeds "
        "runs/reproduced-RECIPE-SEED)",
    )
    reproduce.add_argument(
        "--seeds",
        type=int,
        metavar="N",
        help="train each N times (2 or more) with the seeds 0, 1, ... and report the spread over seeds",
    )


def _add_ablate(command: Any) -> None:
    ablate = command(
        "ablate",
        help="train a recipe without each of its ingredients in turn, and compare; without other runs, such "
        "as teachers",
    )
    ablate.add_argument("recipe", metavar="RECIPE")
    ablate.add_argument(
        "--architecture",
        metavar="NAME",
        help="another network than the recipe's, such as a smaller, faster one",
    )
    shared = ("epochs", "augmentation")
    add_settings(ablate, {name: settings_of(Recipe)[name] for name in shared})
    add_cluster(ablate)
    ablate.add_argument("--seeds", type=int, default=1, help="trainings of each variant")
    ablate.add_argument(
        "--into", type=path, metavar="DIR", required=True, help="where its runs and its table go"
    )


def _add_models(command: Any) -> None:
    models = command("models", help="list all runs")
    add_json(models)
    layers = command("layers", help="the layers of an architecture")
    layers.add_argument("architecture", choices=ARCHITECTURES, metavar="ARCHITECTURE")
    layers.add_argument(
        "--data",
        default=DATASET.name,
        metavar="NAME",
        help=f"the data set that it is built for (default: {DATASET.name})",
    )
    add_json(layers)


def _add_doctor(command: Any) -> None:
    doctor = command("doctor", help="say what is wrong with this installation, and what to do")
    add_json(doctor)
