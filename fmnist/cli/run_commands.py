"""The commands about runs and architectures as they are: models, layers, complete, precompute."""

import argparse
import json
import os
import sys

from fmnist.analysis import metrics
from fmnist.data import library
from fmnist.machine import folders, loading_keras, quiet_stderr
from fmnist.machine.disk import replacing
from fmnist.model_files import saved_models
from fmnist.networks import architectures
from fmnist.runs import cache, changes, listing, table
from fmnist.runs.writer import RunWriter


def models(options: argparse.Namespace) -> int:
    """List all runs."""
    if problem := folders.home_problem():
        print(f"fmnist: {problem}", file=sys.stderr)
    rows = [table.row(run) for run in listing.list_runs()]
    if options.json:
        for row in rows:
            print(json.dumps(row))
    else:
        print_models(rows)
    return 0


def print_models(rows: list[table.Row]) -> None:
    """A line for each run, then a line for each that has a remark."""
    print(
        f"{'name':24}{'state':12}{'data set':20}{'test accuracy':>14}{'reported':>10}{'parameters':>12}{'time':>8}"
    )
    for row in rows:
        accuracy, reported = (_percent(row.get(f"{k}_accuracy")) for k in ("test", "reported"))
        parameters = f"{row['parameters']:,}" if "parameters" in row else "-"
        time = f"{row['seconds']:.0f} s" if "seconds" in row else "-"
        print(
            f"{row['name']:24}{row['state']:12}{row.get('data', '-'):20}{accuracy:>14}{reported:>10}{parameters:>12}"
            f"{time:>8}"
        )
    remarks = [f"{row['name']}: {row['error']}" for row in rows if "error" in row]
    for row in rows:
        if changed := row.get("changes"):
            words = "; ".join(map(changes.in_words, changed))
            remarks.append(f"{row['name']}: changed while it trained: {words}.")
    if remarks:
        print("", *remarks, sep="\n")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"


def layers(options: argparse.Namespace) -> int:
    """List the layers of an architecture."""
    dataset = library.find(options.data)
    build = architectures.ARCHITECTURES[options.architecture].build
    with loading_keras():
        from fmnist.training.export import layer_table
    with quiet_stderr():
        rows = layer_table(build(dataset.form.shape, dataset.classes))
    if options.json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        shape = " x ".join(map(str, row["output_shape"]))
        print(f"{row['type']:20}{shape:16}{row['parameters']:>10,}")
    return 0


def complete(options: argparse.Namespace) -> int:
    """Make a run's model.tflite from its model.keras, and measure it."""
    from fmnist.inference import classifier

    run = listing.named(options.run)
    result = run.result
    test = run.dataset.load("test") if result else None  # first: nothing is written without them
    os.environ["KERAS_BACKEND"] = "tensorflow"  # others cannot write such files
    with loading_keras():
        from fmnist.training.litert import save_litert
    with replacing(run.path / "model.tflite") as new:
        with quiet_stderr():
            model = saved_models.load(run.path / "model.keras", run.dataset)
            save_litert(model, new, run.recipe.quantize)
        if result and test:  # the result must be that of the new file
            images, labels = test
            new_model = classifier.Classifier(run.path, content=new.read_bytes())
            probabilities = new_model.probabilities(images)
            scores = metrics.scores("test_", probabilities, labels)
            result["test_accuracy"] = scores["test_accuracy"]
            result["test_loss"] = scores["test_loss"]
            RunWriter(run).finish(result, probabilities, new)
    print(f"Wrote {run.path / 'model.tflite'}")
    return 0


def precompute(options: argparse.Namespace) -> int:
    """Compute ahead what the app's pages need of a large network."""
    from fmnist.jobs import precompute

    named = [listing.named(name) for name in options.runs]
    for run in named or filter(precompute.wanted, listing.list_runs()):
        with quiet_stderr():
            precompute.precompute(run)
        print(f"Wrote {run.path / cache.FILE}", flush=True)
    return 0
