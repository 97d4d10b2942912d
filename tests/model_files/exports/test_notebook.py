"""A run as a notebook: the script's cells, text between them, and the recorded curves."""

import os
import re
import subprocess
import sys

import nbformat
import pytest

from fmnist.data import fashion_mnist
from fmnist.model_files.exports import notebook
from fmnist.runs import listing


def test_it_is_a_notebook_with_text_before_each_piece_of_code(tmp_path):
    run = listing.find("sprint")
    notebook.write(run, tmp_path / "sprint.ipynb")
    found = nbformat.read(tmp_path / "sprint.ipynb", 4)
    nbformat.validate(found)
    kinds = [cell.cell_type for cell in found.cells]
    assert kinds[0] == "markdown"
    assert kinds[1::2] == ["markdown"] * len(kinds[1::2])
    assert kinds[2::2] == ["code"] * len(kinds[2::2])
    assert f"{run.figures['test_accuracy']:.2%}" in found.cells[0].source
    ends = [row for row in run.metrics() if row.get("end_of_epoch")]
    last = found.cells[-1].source
    assert len(re.findall(r"^    \(\d", last, re.MULTILINE)) == len(ends)
    assert str(round(ends[-1]["validation_accuracy"], 4)) in last


def test_a_run_that_recorded_no_epoch_has_no_curves(run_with):
    run = run_with()
    (run.path / "metrics.jsonl").unlink()
    found = notebook.notebook(run)["cells"]
    assert found[-2]["source"].startswith("## Evaluation")
    assert "options" not in found[-1]["source"]


@pytest.mark.slow
def test_its_cells_run_one_after_the_other(tiny, tmp_path):
    cells = [cell for cell in notebook.notebook(tiny)["cells"] if cell["cell_type"] == "code"]
    code = "\n\n".join(cell["source"] for cell in cells)
    code = code.replace("DATA = None", f"DATA = Path({str(fashion_mnist.FOLDER)!r})")
    code = code.replace("EPOCHS = 3", "EPOCHS = 1")
    code = code.replace("plt.show()", "plt.savefig('curves.png')")
    (tmp_path / "cells.py").write_text(f"import sys; sys.modules['fmnist'] = None\n{code}")
    done = subprocess.run(
        [sys.executable, "-I", "cells.py"],
        cwd=tmp_path,
        env=os.environ | {"MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "curves.png").stat().st_size > 10_000
