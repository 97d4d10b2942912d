"""The commands that measure this machine and a folder of images: benchmark."""

import argparse
import json
import os

from fmnist.machine import quiet_stderr
from fmnist.recipes import registry
from fmnist.runs import listing
from fmnist.runs.files import RunError
from fmnist.runs.writer import RunWriter


def benchmark(options: argparse.Namespace) -> int:
    """How fast this machine trains, predicts and serves, or accuracy on a folder of images."""
    if options.what == "pictures":
        return _benchmark_pictures(options)
    if options.what == "serving":
        return _benchmark_serving(options)
    if options.what == "compare":
        return _compare(options)
    if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        raise RunError("The benchmark compares with Keras on TensorFlow; unset KERAS_BACKEND.")
    from fmnist.benchmark import measuring, report, suite

    rows: list[measuring.Row] = []
    if options.out:  # what cannot be written is better known before than after the measuring
        options.out.mkdir(parents=True, exist_ok=True)
        rows = report.kept(options.out, options.only or measuring.GROUPS)
    if not options.json:
        print(f"{measuring.machine_line()}\n{measuring.header()}", flush=True)
    with quiet_stderr():
        for row in suite.run(options.quick, options.only):
            rows.append(row)
            print(json.dumps(row) if options.json else measuring.line(row), flush=True)
    if options.out:
        rows.sort(key=lambda row: measuring.GROUPS.index(row["group"]))
        report.write(rows, options.out)
    return 0


def _compare(options: argparse.Namespace) -> int:
    """Print the benchmarks of several machines side by side, or put them into a Markdown file."""
    from fmnist.benchmark import side_by_side

    text = side_by_side.tables(options.folders)
    if options.into:
        side_by_side.put(text, options.into)
    else:
        print(text)
    return 0


def _benchmark_serving(options: argparse.Namespace) -> int:
    from fmnist.benchmark import measuring, serving_speed

    if not options.json:
        print(f"{measuring.machine_line()}\n{measuring.header()}", flush=True)
    for row in serving_speed.measure(options.model, options.batch, options.turns, options.seconds):
        print(json.dumps(row) if options.json else measuring.line(row), flush=True)
    return 0


def _benchmark_pictures(options: argparse.Namespace) -> int:
    from fmnist.benchmark import accuracy, accuracy_tables, collection, operating_point
    from fmnist.model_files import evaluation, importer

    name = options.model or registry.DEFAULT
    run = listing.named(name) if options.choose_threshold else None
    with importer.chosen(name) as model:
        names = model.classifier.dataset.class_names
        entries = collection.read_all(options.folders, len(names), options.without)
        answers = []
        with evaluation.progress() as progress:
            for answer in collection.answers(entries, model.classifier, options.simply):
                answers.append(answer)
                progress(f"{len(answers):,} of {len(entries):,} images")
    report = None
    if run:
        point = operating_point.choose(answers)
        report, answers = (
            operating_point.report(answers, point),
            operating_point.judged(answers, point),
        )
        RunWriter(run).keep_operating_point(point)
    rows = list(accuracy.rows(answers, len(names)))
    if options.json:
        print(*map(json.dumps, [*rows, *([report] if report else [])]), sep="\n")
    else:
        print(accuracy_tables.in_words(rows, names))
        if run and report:
            print(accuracy_tables.chosen(report))
            print(f"Kept in {run.path / 'result.json'}")
    return 0
