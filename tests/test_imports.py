"""The walls of the house, each seen from a fresh interpreter."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import fmnist
from fmnist import runs

from .conftest import python

PACKAGE = runs.ROOT / "fmnist"
FILES = [*sorted(PACKAGE.rglob("*.py")), runs.ROOT / "streamlit_app.py"]
PACKAGES = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
PAGES = ("try_it", "train", "models", "mistakes", "data")
NETWORKS = {"keras", "tensorflow"}
NEAR_NETWORKS = {
    "training",
    "reporting",
    "exporting",
    "litert",
    "stepping",
    "jax_stepping",
    "worker",
}
ORDER = re.findall(r"^    (\w+)  ", fmnist.__doc__, re.MULTILINE)


def imported(path: Path) -> Iterator[str]:
    """The full names of all modules that a file imports, inside functions too."""
    here = path.relative_to(runs.ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = ".".join(here[: len(here) - node.level]) if node.level else ""
            base = ".".join(filter(None, (parent, node.module)))
            yield from (f"{base}.{alias.name}" for alias in node.names)


def room(module: str) -> str | None:
    """The room of the house that a module's full name belongs to; None outside of the house."""
    parts = module.split(".")
    return parts[1] if parts[0] == "fmnist" and len(parts) > 1 else None


def test_the_map_in_the_packages_docstring_names_every_module():
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    assert set(ORDER) == modules | PACKAGES
    assert len(ORDER) == len(set(ORDER))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_module_imports_only_those_above_it_on_the_map(path):
    if path.parent == runs.ROOT or path.name == "__init__.py":
        assert not [name for name in imported(path) if room(name)]
        return
    here = path.relative_to(PACKAGE).with_suffix("").parts[0]
    above = set(ORDER[: ORDER.index(here)]) | ({here} & PACKAGES)
    assert {room(name) for name in imported(path)} - {None} <= above


def test_only_pages_import_streamlit():
    users = {
        path
        for path in FILES
        if any(name.split(".")[0].startswith("streamlit") for name in imported(path))
    }
    assert {path.relative_to(runs.ROOT).parts[1:2] for path in users} == {("pages",), ()}


@pytest.mark.parametrize("path", sorted((PACKAGE / "pages").glob("*.py")), ids=lambda p: p.stem)
def test_no_page_imports_the_training_or_a_network_library(path):
    names = set(imported(path))
    assert not {name.split(".")[0] for name in names} & NETWORKS
    assert not {room(name) for name in names} & NEAR_NETWORKS


def loaded(code: str) -> set[str]:
    """The top-level modules of a fresh interpreter that has run the code."""
    printed = python(f"{code}\nimport sys; print(' '.join(sys.modules))")
    return {name.split(".")[0] for name in printed.splitlines()[-1].split()}


def test_what_is_quick_loads_no_network_library_and_no_streamlit():
    modules = loaded("""
from fmnist import architectures, datasets, evaluation, launch, pictures, recipes, runs, worker
from fmnist.__main__ import main
assert architectures.ARCHITECTURES and recipes.RECIPES
assert [run.state for run in runs.list_runs()]
main(["models"])
""")
    assert not modules & (NETWORKS | {"streamlit", "ai_edge_litert"})


def test_the_server_never_loads_tensorflow_whatever_page_is_shown(tiny, running):
    modules = loaded(f"""
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("streamlit_app.py", default_timeout=60).run()
for page in {PAGES}:
    app.switch_page(f"fmnist/pages/{{page}}.py").run()
    assert not app.exception and not app.error, (page, app.exception, app.error)
    for run in ("tiny-1", "tiny-running", "mlp-256"):
        app.query_params["run"] = app.query_params["model"] = run
        app.run()
    assert not app.exception and not app.error, (page, app.exception, app.error)
""")
    assert "ai_edge_litert" in modules  # it has answered
    assert "streamlit" in modules
    assert not modules & NETWORKS
