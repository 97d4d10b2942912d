"""The commands that measure this machine and a folder of images: benchmark."""

import argparse
import json
import os

from fmnist.machine import quiet_stderr
from fmnist.recipes import registry
from fmnist.runs.files import RunError


def benchmark(options: argparse.Namespace) -> int:
    """How fast this machine trains and predicts, or accuracy on a folder of images."""
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

    with importer.chosen(options.model or registry.DEFAULT) as model:
        names = model.classifier.dataset.class_names
        entries = collection.read(options.folder, len(names))
        for row in collection.measure(entries, model.classifier):
            print(json.dumps(row) if options.json else collection.in_words(row, names), flush=True)
    return 0
