"""The benchmarks of several machines side by side, as tables in Markdown."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from fmnist.runs.files import RunError

from .competitors import OPPONENTS, OURS
from .learning import GOALS
from .measuring import Row, figures
from .report import fastest, read

BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
NONE = "-"
FACTS = {
    "processor": "processor",
    "cores": "cores",
    "avx512": "AVX-512",
    "bfloat16": "bfloat16",
    "memory_gb": "memory, GB",
}


def tables(folders: Sequence[Path]) -> str:
    """All tables; a column, or some, for each folder that `report.write` filled, named as the folder is.

    Raises:
        OSError: a folder has no benchmark.
        RunError: a file is none of a benchmark.
    """
    found = {folder.resolve().name: read(folder) for folder in folders}
    rows = {name: each["rows"] for name, each in found.items()}
    return "\n\n".join([_machines(found), _training(rows), _goals(rows), _others(rows)]) + "\n"


def put(text: str, path: Path) -> None:
    """Put the tables between the two comments of a Markdown file.

    Raises:
        OSError: it cannot be read or written.
        RunError: it has no such comments.
    """
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise RunError(f"{path} needs the lines {BEGIN} and {END}, for the tables between them.")
    path.write_text(f"{before}{begin}\n\n{text}\n{end}{after}")


def _table(head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    cells = list(head)
    texts = [cells, ["---"] * len(cells), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in texts)


def _machines(found: dict[str, dict[str, Any]]) -> str:
    lines = [
        [words, *(str(each["machine"].get(fact, NONE)) for each in found.values())]
        for fact, words in FACTS.items()
    ]
    for precision in ("float32", "bfloat16"):
        peaks = []
        for each in found.values():
            some = [row["max"] for row in each["rows"] if _is_peak(row, precision)]
            peaks.append(f"{max(some):,.0f}" if some else NONE)
        lines.append([f"peak in {precision}, GFLOP/s", *peaks])
    versions = dict.fromkeys(name for each in found.values() for name in each["versions"])
    for name in versions:
        lines.append([name, *(each["versions"].get(name, NONE) for each in found.values())])
    return _table(["", *found], lines)


def _is_peak(row: Row, precision: str) -> bool:
    return bool(row["group"] == "peak" and row["what"].endswith(precision))


def _training(rows: dict[str, list[Row]]) -> str:
    """Images per second, and the ratio to each opponent, by recipe and machine; then their means."""
    recipes = dict.fromkeys(
        row["what"].partition(":")[0]
        for some in rows.values()
        for row in some
        if row["group"] == "training" and row["what"].endswith(f": {OURS}")
    )
    lines = []
    for recipe in recipes:
        line = [f"`{recipe}`"]
        for some in rows.values():
            ours = fastest(some, recipe, OURS)
            ratios = (_ratio(some, f"{recipe}: {OURS} / {opponent}") for opponent in OPPONENTS)
            line += [figures(ours)[0] if ours else NONE, *ratios]
        lines.append(line)
    for kind in ("geometric mean over", "worst of"):
        line = [f"{kind} the published recipes"]
        for some in rows.values():
            line.append("")
            for opponent in OPPONENTS:
                line.append(_ratio(some, f"{OURS} / {opponent}, {kind} published recipes"))
        lines.append(line)
    kinds = ("images/s", *(f"/ {opponent}" for opponent in OPPONENTS))
    return _table(["recipe", *(f"{name}: {kind}" for name in rows for kind in kinds)], lines)


def _ratio(rows: list[Row], start: str) -> str:
    """Median, minimum and maximum of the ratio whose row starts so."""
    for row in rows:
        if row["unit"] == "x" and row["what"].startswith(start):
            return _spread(row)
    return NONE


def _goals(rows: dict[str, list[Row]]) -> str:
    """The training that reaches each accuracy, its seconds, and those in epochs by Keras."""
    lines = []
    for goal in GOALS:
        line = [f"{100 * goal:.2f} %"]
        for some in rows.values():
            reached = [row for row in some if row["what"].startswith(f"to {goal:.2%}: ")]
            seconds = [row for row in reached if row["unit"] == "s" and row["median"]]
            ratios = [row for row in reached if row["unit"] == "x"]
            line += [
                seconds[0]["what"].partition(": ")[2] if seconds else NONE,
                _spread(seconds[0]) if seconds else NONE,
                "; ".join(_spread(row) for row in ratios) or NONE,
            ]
        lines.append(line)
    kinds = ("training", "seconds", "in epochs")
    return _table(["test accuracy", *(f"{name}: {kind}" for name in rows for kind in kinds)], lines)


def _others(rows: dict[str, list[Row]]) -> str:
    """Prediction and scaling."""
    groups = {"prediction", "scaling"}
    by_machine = [
        {row["what"]: row for row in some if row["group"] in groups} for some in rows.values()
    ]
    lines = []
    for what in dict.fromkeys(what for each in by_machine for what in each):
        found = [each.get(what) for each in by_machine]
        unit = next(row["unit"] for row in found if row)
        lines.append([f"{what}, {unit}", *(_spread(row) if row else NONE for row in found)])
    return _table(["", *rows], lines)


def _spread(row: Row) -> str:
    median, least, most = figures(row)
    return f"{median} ({least} to {most})"
