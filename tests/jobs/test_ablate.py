"""`python -m fmnist ablate`: what a recipe loses without each of its ingredients."""

import pytest

from fmnist.cli.commands import main
from fmnist.jobs import ablate
from fmnist.recipes import registry
from fmnist.runs.run import Run

from ..conftest import KERAS_NOISE, tells

pytestmark = [pytest.mark.filterwarnings(KERAS_NOISE), pytest.mark.usefixtures("signals")]


def test_each_ingredient_is_left_out_alone_and_nothing_else_changes():
    found = ablate.variants(registry.find("flagship"))
    whole = found[ablate.WHOLE]
    assert set(found) == {
        *(ablate.WHOLE, "flip", "shift", "erase", "fmix", "label smoothing", "weight decay"),
        "weight averaging",
        *("test-time augmentation", "one cycle of the rate"),
    }
    assert found["flip"] == whole.changed(augmentation=("shift", "erase"))
    assert found["fmix"].mix is None
    assert found["label smoothing"] == whole.changed(label_smoothing=0.0)
    assert found["one cycle of the rate"].schedule == "constant"
    assert all(variant.validation_split == whole.validation_split for variant in found.values())


def test_what_a_recipe_does_not_have_is_not_left_out():
    assert list(ablate.variants(registry.find("two-conv"))) == [ablate.WHOLE]
    ensemble = ablate.variants(registry.find("ensemble"))
    assert all(variant.ensemble_member is None for variant in ensemble.values())
    student = ablate.variants(registry.find("student"))
    assert not any(variant.teachers or variant.pretrained for variant in student.values())


@pytest.mark.slow
def test_the_command_trains_all_prints_a_table_and_repeats_nothing(tmp_path, capsys, monkeypatch):
    few = registry.find("tiny").changed(training_images=600)
    monkeypatch.setitem(registry.RECIPES, "tiny", few)
    command = ["ablate", "tiny", "--epochs", "1", "--augmentation", "flip"]
    folder = tmp_path / "trials"
    command += ["--architecture", "mlp-256"]  # another network in place of the recipe's
    command += ["--seeds", "2", "--into", str(folder)]
    assert main(command) == 0
    printed = capsys.readouterr().out
    rows = [line for line in printed.splitlines() if line.startswith("| ")]
    assert [row.split(" | ")[0] for row in rows] == ["| left out", "| nothing", "| flip"]
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {
        *("nothing-0", "nothing-1", "flip-0", "flip-1"),
    }
    assert Run(folder / "nothing-0").recipe.architecture == "mlp-256"
    assert (folder / "ablation.md").read_text().splitlines()[2:] == rows[1:]
    assert "<svg" in (folder / "ablation.svg").read_text()
    assert main(command) == 0
    assert "Epoch" not in capsys.readouterr().out


def test_a_network_that_there_is_not_is_refused_in_one_sentence(tmp_path, capsys):
    assert main(["ablate", "tiny", "--architecture", "huge", "--into", str(tmp_path)]) == 1
    assert "'huge'" in capsys.readouterr().err


def test_no_seed_at_all_is_refused_in_one_sentence(tmp_path, capsys):
    assert main(["ablate", "tiny", "--seeds", "0", "--into", str(tmp_path)]) == 1
    assert tells(capsys.readouterr().err, "at least one", "0")
