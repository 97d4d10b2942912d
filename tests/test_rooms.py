"""What is loaded when, seen from a fresh interpreter; which way imports run is held by `make lint`."""

import re

import fmnist
from fmnist.machine import folders

from .conftest import python

PACKAGE = folders.ROOT / "fmnist"
NETWORKS = {"keras", "tensorflow"}
PAGES = ("try_it", "train", "sweep", "models", "mistakes", "data")


def test_the_map_in_the_packages_docstring_names_every_room():
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    lines = re.findall(r"^    ([a-z_]+(?:, [a-z_]+)*)", fmnist.__doc__, re.MULTILINE)
    assert {name for line in lines for name in line.split(", ")} == rooms


def loaded(code: str) -> set[str]:
    """The top-level modules of a fresh interpreter that has run the code."""
    printed = python(f"{code}\nimport sys; print(' '.join(sys.modules))")
    return {name.split(".")[0] for name in printed.splitlines()[-1].split()}


def test_what_is_quick_loads_no_network_library_and_no_streamlit():
    modules = loaded("""
from fmnist.analysis import metrics
from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.jobs import launcher, worker
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.preprocessing import preprocess
from fmnist.recipes.registry import RECIPES
from fmnist.runs.listing import list_runs
assert ARCHITECTURES and RECIPES
assert [run.state for run in list_runs()]
main(["models"])
""")
    assert not modules & (NETWORKS | {"streamlit", "ai_edge_litert"})


def test_the_server_never_loads_tensorflow_whatever_page_is_shown(tiny, running):
    modules = loaded(f"""
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("fmnist/app/script.py", default_timeout=60).run()
for page in {PAGES}:
    app.switch_page(f"{{page}}/page.py").run()
    assert not app.exception and not app.error, (page, app.exception, app.error)
    for run in ("tiny-1", "tiny-running", "mlp-256"):
        app.query_params["run"] = app.query_params["model"] = run
        app.run()
    assert not app.exception and not app.error, (page, app.exception, app.error)
""")
    assert "ai_edge_litert" in modules  # it has answered
    assert "streamlit" in modules
    assert not modules & NETWORKS
