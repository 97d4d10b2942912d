"""The figures of `accuracy` as tables for the terminal."""

from collections.abc import Iterator, Sequence
from typing import Any

from .accuracy import ENOUGH, Figure
from .operating_point import NEVER

Row = dict[str, Any]
HEADER = f"{'':50}{'share':>6}   95 % interval    images"
DOUBT = {
    "refused": "Images of no class: I can't tell (wanted)",
    "wrongly_sure": "Images of no class: I am sure (wrong)",
    "withheld": "Right answers: withheld by I can't tell",
    "sure": "Images of a class: I am sure",
    "sure_right": "I am sure: right",
}


def in_words(rows: Sequence[Row], class_names: Sequence[str]) -> str:
    """Accuracy, accuracy by class, and how often the answer was "I can't tell" or "I am sure".

    Args:
        rows: of `accuracy.rows`.
        class_names: C.
    """
    tables = [_accuracy(rows), *_by_class(rows, class_names)]
    tables += [_doubt(rows, field, title) for field, title in DOUBT.items()]
    return "\n".join("\n".join([*table, ""]) for table in tables if table)


def chosen(report: dict[str, Any]) -> str:
    """The `operating_point.report` in words."""
    point = report["operating_point"]
    sure = "never" if point["sure"] >= NEVER else f"from {point['sure']:g} on"
    lines = [f"Chosen: I can't tell below an evidence of {point['least']:g}; I am sure {sure}."]
    if "refused" in report:
        lines += [
            _title("No class: refused (interval of the whole choice)"),
            _line("  all", report["refused"]),
        ]
    for folder, found in report.get("elsewhere", {}).items():
        lines.append(_title(f"Chosen without {folder}, in {folder}"))
        lines += [_line(f"  {DOUBT[name]}", each) for name, each in found.items()]
    return "\n".join([*lines, ""])


def _accuracy(rows: Sequence[Row]) -> list[str]:
    lines = [_title("Correct")]
    for row in rows:
        if "accuracy" in row:
            few = "" if row["enough"] else f"  fewer than {ENOUGH}: too few to choose by"
            lines.append(_line(_name(row), row["accuracy"]) + few)
            lines += [_line(f"  {name}", each) for name, each in row.get("simply", {}).items()]
        if "calibration_error" in row and _is_all(row):
            lines.append(
                f"  mean confidence differs from accuracy by {row['calibration_error']:.1%}, on average"
            )
    return lines if len(lines) > 1 else []


def _by_class(rows: Sequence[Row], class_names: Sequence[str]) -> Iterator[list[str]]:
    """Of each kind and style over all folders: how many of a class are right, and what others are taken for."""
    last = {(row["kind"], row["style"]): row for row in rows if "confusion" in row}
    for row in last.values():
        lines = [f"Correct by class: {_name(row).strip()}"]
        for true, counts in enumerate(row["confusion"]):
            if of := sum(counts):
                others = sorted(range(len(counts)), key=lambda other: -counts[other])
                wrong = [
                    f"{counts[other]} {class_names[other]}"
                    for other in others
                    if other != true and counts[other]
                ]
                taken = f"   taken for: {', '.join(wrong)}" if wrong else ""
                lines.append(
                    f"  {class_names[true]:16}{counts[true]:>4} of {of:<4}{taken}".rstrip()
                )
        yield lines


def _doubt(rows: Sequence[Row], field: str, title: str) -> list[str]:
    lines = [_line(_name(row), row[field]) for row in rows if row.get(field)]
    return [_title(title), *lines] if lines else []


def _title(title: str) -> str:
    return title + HEADER[len(title) :]


def _name(row: Row) -> str:
    kind = "all" if _is_all(row) else f"{row['kind']}, {row['style']}"
    return f"  {kind} ({row['folder'] or 'together'})"


def _is_all(row: Row) -> bool:
    return row["kind"] is None


def _line(name: str, found: Figure) -> str:
    low, high = (f"{100 * found[end]:.1f}" for end in ("low", "high"))
    return f"{name:50}{found['share']:>6.1%}  {low:>5} to {high:>5} %{found['of']:>8}"
