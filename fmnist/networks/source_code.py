"""The source of a network's builder, with all that it needs, to be copied and run."""

import ast
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any


def builder_source(build: Callable[..., Any]) -> str:
    """The Python source of a builder, complete in itself.

    With the builder come the functions, constants and imports of its module that it uses,
    in the order of the file; the decorator that registers it does not.

    Args:
        build: the function.
    """
    source = Path(inspect.getfile(build)).read_text("utf-8")
    definitions = _definitions(ast.parse(source))
    wanted, queue = set(), [build.__name__]
    while queue:
        node = definitions.get(queue.pop())
        if node and node not in wanted:
            wanted.add(node)
            queue += _names(node)
    parts = [_text(source, node) for node in sorted(wanted, key=lambda node: node.lineno)]
    return "\n\n\n".join(parts) + "\n"


def _definitions(module: ast.Module) -> dict[str, ast.stmt]:
    """The statement of a module that defines each of its names."""
    found: dict[str, ast.stmt] = {}
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0]: node for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (part for target in targets for part in ast.walk(target))
            found |= {part.id: node for part in names if isinstance(part, ast.Name)}
    return found


def _names(node: ast.stmt) -> list[str]:
    """The names that a statement uses, those of its decorators left out."""
    parts = [part for part in ast.iter_child_nodes(node) if part not in _decorators(node)]
    return [name.id for part in parts for name in ast.walk(part) if isinstance(name, ast.Name)]


def _decorators(node: ast.stmt) -> list[ast.expr]:
    return getattr(node, "decorator_list", [])


def _text(source: str, node: ast.stmt) -> str:
    return ast.get_source_segment(source, node) or ""  # which begins after the decorators
