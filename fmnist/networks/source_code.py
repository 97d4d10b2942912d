"""The source of functions, with all that they need, to be copied and run."""

import ast
import inspect
import threading
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

_parsing = threading.Lock()


def parse(source: str, name: str = "<unknown>") -> ast.Module:
    """As `ast.parse`, one at a time: Python 3.11 counts the depth of all threads together, and raises SystemError.

    Raises:
        SyntaxError: it is no Python.
    """
    with _parsing:
        return ast.parse(source, name)


def builder_source(build: Callable[..., Any]) -> str:
    """The Python source of a builder, complete in itself.

    With the builder come the functions, constants and imports of its module that it uses,
    in the order of the file; the decorator that registers it does not.

    Args:
        build: the function.
    """
    return extract(Path(inspect.getfile(build)), [build.__name__])


def extract(file: Path, names: Iterable[str], known: Collection[str] = ()) -> str:
    """The source of some functions and classes of a file, with what they use of it.

    Args:
        file: a module; it is read, not imported.
        names: of the functions and classes.
        known: names that are there already where the source goes.
    """
    source = file.read_text("utf-8")
    wanted = needed(parse(source), names, known)
    parts = [_text(source, node) for node in sorted(wanted, key=lambda node: node.lineno)]
    return "\n\n\n".join(parts) + "\n"


def needed(module: ast.Module, names: Iterable[str], known: Collection[str] = ()) -> set[ast.stmt]:
    """The statements of a module that define some names, and what these use of it; see `extract`."""
    there, wanted, queue = definitions(module), set[ast.stmt](), list(names)
    while queue:
        name = queue.pop()
        node = there.get(name)
        if node and node not in wanted and name not in known:
            wanted.add(node)
            queue += _names(node)
    return wanted


def embedded(source: str) -> str:
    """The source of a whole file, to be put into another one.

    Without what a file has at its top alone (its docstring, imports from the future) and what runs only where the
    file is the program itself.
    """
    lines = source.splitlines()
    for node in reversed(parse(source).body):
        if _is_of_a_whole_file(node):
            lines[node.lineno - 1 : node.end_lineno] = []
    return "\n".join(lines).strip() + "\n"


def _is_of_a_whole_file(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    is_program = isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
    return is_program or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def definitions(module: ast.Module) -> dict[str, ast.stmt]:
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
