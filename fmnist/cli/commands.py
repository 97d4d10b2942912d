"""The command line: `python -m fmnist train | resume | restart | stop | reproduce | ablate | export |
precompute | models | layers | evaluate | predict | import | benchmark`."""

import argparse
import contextlib
import json
import os
import statistics
import sys

from fmnist.analysis import metrics
from fmnist.data import fashion_mnist
from fmnist.jobs import launcher
from fmnist.machine import BackendError, loading_keras, quiet_stderr
from fmnist.model_files import inspection, saved_models
from fmnist.networks import architectures
from fmnist.recipes import recipe, registry, settings
from fmnist.runs import cache, folders, listing, remarks, table
from fmnist.runs.files import RunError, explain
from fmnist.runs.run import USABLE, Run

from . import console
from .arguments import parser

ERRORS = (
    BackendError,
    fashion_mnist.DatasetError,
    recipe.RecipeError,
    RunError,
    inspection.ModelFileError,
    OSError,
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status is 0, 1 if something went wrong, 2 for unusable arguments."""
    return console.run(lambda: _run(arguments))


def _run(arguments: list[str] | None) -> int:
    options = parser().parse_args(arguments)
    lasts = options.command in LASTING
    try:
        with console.unread_is_fine() if lasts else contextlib.nullcontext():
            status = COMMANDS[options.command](options)
            console.flush()
            return status
    except BrokenPipeError:
        raise
    except ERRORS as error:
        message = explain(error) if isinstance(error, OSError) else error
        print(f"fmnist: {message}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # as shells report an interrupted command


def restart_in_utf8() -> None:
    """Take Python's UTF-8 mode where the locale's own encoding cannot hold every path, as ASCII."""
    if sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        os.environ["PYTHONUTF8"] = "1"  # of the processes that this one starts, too
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _train(options: argparse.Namespace) -> int:
    if options.recipe is None:
        if options.run is None:
            raise recipe.RecipeError(f"Name a recipe: {', '.join(registry.RECIPES)}.")
        if any(getattr(options, name) is not None for name in settings.CHANGEABLE):
            raise recipe.RecipeError(
                "A run has its settings already; to change them, name a recipe."
            )
        run = Run(options.run.resolve())
        if (state := run.state) in USABLE:
            raise RunError(
                f"{run.name} is {state}; name a recipe and a new folder, or `resume` a stopped run."
            )
        late = (
            state == "lost" and run.status.get("pid") is None
        )  # whom it waited for is this worker
        if state in ("failed", "lost") and not late:
            launcher.prepare_resume(run)
        return _work(run)
    changes = {name: getattr(options, name) for name in settings.CHANGEABLE}
    chosen = registry.find(options.recipe).changed(**changes)
    return _work(launcher.create(chosen, options.run))


def _resume(options: argparse.Namespace) -> int:
    run = listing.named(options.run)
    launcher.prepare_resume(run)
    return _work(run)


def _restart(options: argparse.Namespace) -> int:
    return _work(launcher.create(listing.named(options.run).recipe))


def _work(run: Run) -> int:
    from fmnist.jobs.worker import precompute_behind, work

    if run.problem:
        raise RunError(run.problem)
    print(f"Training {run.name} in {run.path}", flush=True)
    if error := work(run):
        print(f"fmnist: {error}", file=sys.stderr)
        return 1
    if result := run.result:
        print(f"Test accuracy {result['test_accuracy']:.2%}, loss {result['test_loss']:.4f}")
        if remark := remarks.remark(run, run.state):
            print(remark)
        sys.stdout.flush()
        precompute_behind(run)
    return 0


def _wait(options: argparse.Namespace) -> int:
    from fmnist.jobs.worker import wait_for_run

    run = wait_for_run()
    return _work(run) if run else 0


def _stop(options: argparse.Namespace) -> int:
    launcher.stop(listing.named(options.run))
    return 0


def _reproduce(options: argparse.Namespace) -> int:
    from fmnist.jobs import reproduce

    chosen = [registry.find(name) for name in options.recipes] or list(registry.PUBLISHED)
    places = reproduce.places(chosen, options.into, options.seeds)
    done = [table.row(run) for run in reproduce.reproduce(places)]
    _print_models(done)
    for name in (found.name for found in chosen) if options.seeds else ():
        _print_seeds([row for row in done if row["recipe"] == name])
    return 0 if len(done) == len(places) else 1


def _print_seeds(rows: list[dict]) -> None:
    """How far the trainings of one recipe lie apart, where there are two or more."""
    if len(rows) < 2:
        return
    accuracies = [row["test_accuracy"] for row in rows]
    low, high = metrics.mean_interval(accuracies)
    print(
        f"{rows[0]['recipe']}: {statistics.mean(accuracies):.2%} on average over {len(rows)} seeds "
        f"({min(accuracies):.2%} to {max(accuracies):.2%}); over all seeds most likely between "
        f"{low:.2%} and {high:.2%}."
    )


def _ablate(options: argparse.Namespace) -> int:
    from fmnist.jobs import ablate

    settings = {name: getattr(options, name) for name in ("architecture", "epochs", "augmentation")}
    chosen, rows = registry.find(options.recipe).changed(**settings), []
    for row in ablate.ablate(chosen, options.seeds, options.into.resolve()):
        if not rows:
            print(ablate.HEADER)
        rows.append(row)
        print(ablate.in_words(row), flush=True)
    complete = len(rows) == len(ablate.variants(chosen))
    if complete:
        ablate.write(rows, options.into)
    return 0 if complete else 1


def _export(options: argparse.Namespace) -> int:
    from fmnist.inference import classifier

    run = listing.named(options.run)
    os.environ["KERAS_BACKEND"] = "tensorflow"  # others cannot write such files
    with quiet_stderr():
        try:
            from fmnist.training.litert import save_litert
        except ImportError:
            raise RunError("TensorFlow is needed for this; pip install tensorflow.") from None

        model = saved_models.load(run.path / "model.keras")
        save_litert(model, run.path / "model.tflite", run.recipe.quantize)
    if result := run.result:  # what is told of the test images is what this file answers
        images, labels = fashion_mnist.load("test")
        probabilities = classifier.load(run.path).probabilities(images)
        run.finish(result | metrics.scores("test_", probabilities, labels), probabilities)
    print(f"Wrote {run.path / 'model.tflite'}")
    return 0


def _precompute(options: argparse.Namespace) -> int:
    from fmnist.jobs import precompute

    named = [listing.named(name) for name in options.runs]
    for run in named or filter(precompute.wanted, listing.list_runs()):
        with quiet_stderr():
            precompute.precompute(run)
        print(f"Wrote {run.path / cache.FILE}", flush=True)
    return 0


def _models(options: argparse.Namespace) -> int:
    if problem := folders.home_problem():
        print(f"fmnist: {problem}", file=sys.stderr)
    rows = [table.row(run) for run in listing.list_runs()]
    if options.json:
        for row in rows:
            print(json.dumps(row))
    else:
        _print_models(rows)
    return 0


def _print_models(rows: list[dict]) -> None:
    print(
        f"{'name':24}{'state':10}{'test accuracy':>14}{'published':>11}{'parameters':>12}{'time':>8}"
    )
    for row in rows:
        accuracy, published = (_percent(row.get(f"{k}_accuracy")) for k in ("test", "published"))
        parameters = f"{row['parameters']:,}" if "parameters" in row else "-"
        time = f"{row['seconds']:.0f} s" if "seconds" in row else "-"
        print(
            f"{row['name']:24}{row['state']:10}{accuracy:>14}{published:>11}{parameters:>12}{time:>8}"
        )
    if remarks := [f"{row['name']}: {row['error']}" for row in rows if "error" in row]:
        print("", *remarks, sep="\n")


def _layers(options: argparse.Namespace) -> int:
    with loading_keras():
        from fmnist.training.export import layer_table
    with quiet_stderr():
        rows = layer_table(architectures.ARCHITECTURES[options.architecture].build())
    if options.json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        shape = " x ".join(map(str, row["output_shape"]))
        print(f"{row['type']:20}{shape:16}{row['parameters']:>10,}")
    return 0


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"


def _evaluate(options: argparse.Namespace) -> int:
    from . import model_commands  # which loads LiteRT

    return model_commands.evaluate(options)


def _predict(options: argparse.Namespace) -> int:
    from . import model_commands

    return model_commands.predict_files(options)


def _import(options: argparse.Namespace) -> int:
    from . import model_commands

    return model_commands.add(options)


def _benchmark(options: argparse.Namespace) -> int:
    if options.what == "pictures":
        return _benchmark_pictures(options)
    if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        raise RunError("The benchmark compares with Keras on TensorFlow; unset KERAS_BACKEND.")
    from fmnist.benchmark import report, suite

    if options.out:  # what cannot be written is better known before than after the measuring
        options.out.mkdir(parents=True, exist_ok=True)
    if not options.json:
        print(f"{report.machine()}\n{report.header()}", flush=True)
    rows = []
    with quiet_stderr():
        for row in suite.run(options.quick):
            rows.append(row)
            print(json.dumps(row) if options.json else report.line(row), flush=True)
    if options.out:
        report.write(rows, options.out)
    return 0


def _benchmark_pictures(options: argparse.Namespace) -> int:
    from fmnist.benchmark import collection
    from fmnist.model_files import importer

    entries = collection.read(options.folder)
    with importer.chosen(options.model or registry.DEFAULT) as model:
        for row in collection.measure(entries, model.classifier):
            print(json.dumps(row) if options.json else collection.in_words(row), flush=True)
    return 0


COMMANDS = {
    "train": _train,
    "resume": _resume,
    "restart": _restart,
    "wait": _wait,
    "stop": _stop,
    "reproduce": _reproduce,
    "ablate": _ablate,
    "export": _export,
    "precompute": _precompute,
    "models": _models,
    "layers": _layers,
    "evaluate": _evaluate,
    "predict": _predict,
    "import": _import,
    "benchmark": _benchmark,
}

LASTING = ("train", "resume", "restart", "wait", "reproduce", "ablate")
