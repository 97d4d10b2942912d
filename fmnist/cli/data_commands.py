"""The commands about data sets: data add, data list, data show, data export, data remove."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from fmnist.data import library
from fmnist.data.dataset import SPLITS, DataSet, DatasetError
from fmnist.machine.disk import replacing
from fmnist.machine.folders import INSTALLED
from fmnist.preprocessing.adding import propose
from fmnist.preprocessing.proposal import Proposal
from fmnist.runs import listing

EVERY = 0.2  # seconds between two progress lines


def data(options: argparse.Namespace) -> int:
    """One of the commands below."""
    return _COMMANDS[options.what](options)


def _add(options: argparse.Namespace) -> int:
    """Read files, say what was read, and keep it as a data set."""
    name = options.name or library.name_of(options.path.resolve().name)
    if not options.dry_run:
        library.check_name(name)
    proposal = propose(
        options.path,
        side=options.side,
        colour=options.colour,
        framing=options.framing,
        test=options.test,
        progress=_progress(options.path),
    )
    if not options.json:
        _print(proposal)
    row = {"name": name, "added": not options.dry_run} | proposal.as_json()
    if not options.dry_run:
        row["digest"] = proposal.add(name).digest
    if options.json:
        print(json.dumps(row))
    elif options.dry_run:
        print("Nothing was added (--dry-run).")
    else:
        command = "fmnist" if INSTALLED else "python -m fmnist"
        print(f"Added {name}. To train on it: {command} train sprint --data {name}")
    return 0


def _progress(path: Path) -> Callable[[int, int], None]:
    """Prints a line on a terminal, again and again over itself."""
    shown = 0.0

    def progress(done: int, of: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if sys.stderr.isatty() and (done == of or now - shown > EVERY):
            shown = now
            end = "\n" if done == of else ""
            print(f"\r{path}: {done:,} of {of:,} read", end=end, file=sys.stderr, flush=True)

    return progress


def _print(proposal: Proposal) -> None:
    print(*proposal.sentences, sep="\n")
    print(f"\n{'class':32}{'train':>8}{'test':>8}")
    for name, counts in proposal.counts.items():
        print(f"{name:32}{counts['train']:>8,}{counts['test']:>8,}")
    print()


def _list(options: argparse.Namespace) -> int:
    rows = [_row(dataset) for dataset in library.listing()]
    if options.json:
        print(*map(json.dumps, rows), sep="\n")
        return 0
    print(f"{'name':24}{'classes':>8}{'train':>9}{'test':>8}  form")
    for row in rows:
        train, test = row["counts"]["train"], row["counts"]["test"]
        print(f"{row['name']:24}{row['classes']:>8}{train:>9,}{test:>8,}  {row['form']}")
    return 0


def _row(dataset: DataSet) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "classes": dataset.classes,
        "class_names": list(dataset.class_names),
        "form": str(dataset.form),
        "framing": dataset.framing,
        "counts": dict(dataset.counts),
        "origin": dataset.origin,
        "digest": dataset.digest,
    }


def _show(options: argparse.Namespace) -> int:
    dataset = library.find(options.name)
    row = _row(dataset) | {
        "notes": library.notes(dataset.name),
        "runs": listing.trained_on(dataset),
    }
    if options.json:
        print(json.dumps(row))
        return 0
    counts = dataset.counts
    print(
        f"{dataset.name}: {counts['train']:,} images to train and {counts['test']:,} to test, {dataset.form}, "
        f"{dataset.framing}."
    )
    print(f"Classes: {', '.join(dataset.class_names)}.")
    for text in (dataset.origin, *row["notes"].get("sentences", ())):
        if text:
            print(text)
    if row["runs"]:
        print(f"Trained on it: {', '.join(row['runs'])}.")
    return 0


def _export(options: argparse.Namespace) -> int:
    """Write a data set with the names that Keras' own have."""
    dataset, path = library.find(options.name), options.out or Path(f"{options.name}.npz")
    if path.suffix != ".npz" or path.exists():
        raise DatasetError(f"{path} cannot be written; expected a new name that ends in .npz.")
    (x_train, y_train), (x_test, y_test) = (dataset.load(split) for split in SPLITS)
    with replacing(path) as new, new.open("wb") as file:
        np.savez_compressed(file, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    print(f"Wrote {path} ({path.stat().st_size / 1e6:,.1f} MB)")
    return 0


def _remove(options: argparse.Namespace) -> int:
    dataset = library.find(options.name)
    runs = listing.trained_on(dataset)
    library.remove(options.name)
    print(f"Removed {options.name}.")
    if runs:
        print(f"These runs were trained on it and still predict: {', '.join(runs)}.")
    return 0


_COMMANDS = {"add": _add, "list": _list, "show": _show, "export": _export, "remove": _remove}
