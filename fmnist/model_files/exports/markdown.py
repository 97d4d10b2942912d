"""Markdown: lists and tables of texts that anybody may have written."""

import re
from collections.abc import Iterable, Mapping, Sequence


def plain(text: str) -> str:
    """Text on one line, whose signs Markdown does not take for its own."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))


def bullets(items: Mapping[str, str] | Iterable[str]) -> str:
    """A list; each item of a mapping begins with its name."""
    if isinstance(items, Mapping):
        items = [f"**{name}:** {value}" for name, value in items.items()]
    return "\n".join(f"- {item}" for item in items)


def table_of(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; numbers stand to the right, where a column after the first has nothing else."""
    cells = [[plain(str(cell)) for cell in row] for row in rows]
    columns = list(zip(*cells, strict=True))[1:]
    aligned = [
        "---:" if all(cell[:1].isdigit() for cell in column) else "---" for column in columns
    ]
    lines = [heads, ["---", *aligned], *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
