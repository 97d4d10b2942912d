"""The command `export`: a run as a file or folder for other programs."""

import argparse
import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from typing import Any

from fmnist.model_files import evaluation
from fmnist.model_files.exports import exporting, formats
from fmnist.runs import listing


def export(options: argparse.Namespace) -> int:
    """Export a run, and print what was compared."""
    format, run = formats.find(options.to), listing.named(options.run)
    with _ended_in_order(), evaluation.progress() as progress:
        written = exporting.export(run, format, options.out, progress)
    if options.json:
        print(json.dumps(written.row()))
        return 0
    print(
        f"Wrote {written.path} ({exporting.size_in_words(written.bytes)})",
        *written.in_words(),
        sep="\n",
    )
    return 0


@contextlib.contextmanager
def _ended_in_order() -> Iterator[None]:
    """Meanwhile SIGTERM ends this process as Ctrl-C does, so that nothing half-written is left."""

    def end(*_: Any) -> None:
        sys.exit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
