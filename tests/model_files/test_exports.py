"""A run is exported, loaded again by another runtime, compared, and only then put in its place."""

import json
import shutil
from pathlib import Path

import pytest

from fmnist.cli.commands import main
from fmnist.model_files.exports import exporting, formats
from fmnist.runs import listing
from fmnist.runs.files import RunError

from ..conftest import KERAS_NOISE, tells

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


def refusal(*arguments, **options) -> str:
    with pytest.raises(RunError) as error:
        exporting.export(*arguments, **options)
    return str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_run_is_exported_and_compared(name, tiny, tmp_path, capsys):
    path = tmp_path / f"export{formats.FORMATS[name].suffix}"
    assert main(["export", tiny.name, "--to", name, "--out", str(path), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert Path(row["path"]) == path
    assert row["bytes"] > 1000
    if formats.FORMATS[name].exact and formats.FORMATS[name].predict:
        assert row["images"] == 1000
        assert row["difference"] < 1e-4
    assert sorted(tmp_path.iterdir()) == sorted([path, tmp_path / "runs"])


def test_a_run_without_a_model_is_refused(running, broken, failed, tmp_path):
    for run in (running, broken, failed):
        message = refusal(run, formats.FORMATS["keras"], tmp_path / "new.keras")
        assert tells(message, run.name, run.state)


def test_what_exists_is_never_replaced_and_a_missing_folder_is_named(tmp_path):
    run, format = listing.find("mlp-256"), formats.FORMATS["keras"]
    (tmp_path / "file").write_text("mine")
    assert tells(refusal(run, format, tmp_path / "file"), str(tmp_path / "file"))
    assert tells(refusal(run, format, tmp_path / "gone" / "file"), str(tmp_path / "gone"))
    assert (tmp_path / "file").read_text() == "mine"


def test_a_missing_package_is_named_with_what_installs_it(tmp_path):
    format = formats.FORMATS["keras"]._replace(needs=("keras", "not_installed_here"))
    message = refusal(listing.find("mlp-256"), format, tmp_path / "new.keras")
    assert tells(message, "not_installed_here", "pip install")


def test_a_cancelled_export_leaves_nothing(tiny, tmp_path):
    class Cancelled(Exception):
        pass

    def cancel(stage: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        exporting.export(tiny, formats.FORMATS["keras"], tmp_path / "new.keras", cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_a_run_that_is_deleted_meanwhile_is_reported(tiny, tmp_path):
    def delete(stage: str) -> None:
        shutil.rmtree(tiny.path, ignore_errors=True)

    message = refusal(tiny, formats.FORMATS["keras"], tmp_path / "new.keras", delete)
    assert tells(message, tiny.name)
    assert not list(tmp_path.glob("*.keras"))
