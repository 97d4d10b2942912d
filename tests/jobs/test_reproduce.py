"""`python -m fmnist reproduce`: the published recipes, trained anew; it can be stopped and goes on."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from fmnist.cli.commands import main
from fmnist.jobs import reproduce
from fmnist.recipes import registry
from fmnist.runs import creation
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from ..conftest import KERAS_NOISE, fmnist, in_one_sentence, wait_until

pytestmark = [pytest.mark.filterwarnings(KERAS_NOISE), pytest.mark.usefixtures("signals")]


def test_what_is_finished_is_not_trained_again(tiny):
    path = tiny.path.rename(tiny.path.with_name("reproduced-tiny"))
    done = fmnist("reproduce", "tiny")
    assert done.returncode == 0
    assert "Epoch" not in done.stdout
    assert "reproduced-tiny" in done.stdout
    assert f"{Run(path).result['test_accuracy']:.2%}" in done.stdout


def test_the_runs_are_among_my_own_or_in_a_folder_under_the_recipes_names(tmp_path, home):
    chosen = [registry.find(name) for name in ("tiny", "sprint")]
    assert reproduce.places(chosen) == {
        home / "reproduced-tiny": chosen[0],
        home / "reproduced-sprint": chosen[1],
    }
    assert reproduce.places(chosen, tmp_path) == {
        tmp_path / "tiny": chosen[0],
        tmp_path / "sprint": chosen[1],
    }


def test_several_seeds_tell_how_far_trainings_lie_apart(tmp_path, capsys, monkeypatch):
    few = registry.find("tiny").changed(training_images=600)
    monkeypatch.setitem(registry.RECIPES, "tiny", few)
    folder = tmp_path / "new"
    assert main(["reproduce", "tiny", "--seeds", "2", "--into", str(folder)]) == 0
    trained = [Run(folder / f"tiny-{seed}") for seed in (0, 1)]
    assert [run.recipe.seed for run in trained] == [0, 1]
    low, high = sorted(run.result["test_accuracy"] for run in trained)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(f"tiny: {(low + high) / 2:.2%} on average over 2 seeds")
    assert f"({low:.2%} to {high:.2%})" in last


def test_one_seed_alone_is_refused_in_one_sentence(tmp_path, capsys):
    assert main(["reproduce", "tiny", "--seeds", "1", "--into", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "seeds" in said
    assert in_one_sentence(said)


def test_ctrl_c_stops_it_and_the_same_command_goes_on(tmp_path):
    # Many epochs, so that it can be stopped in the midst of them.
    recipe = registry.find("tiny").changed(epochs=6)
    path = tmp_path / "tiny"

    def press_ctrl_c():
        wait_until(lambda: Run(path).metrics(), "a first point")
        signal.raise_signal(signal.SIGINT)

    with ThreadPoolExecutor() as person:
        pressed = person.submit(press_ctrl_c)
        assert list(reproduce.reproduce({path: recipe})) == []
        pressed.result()
    assert Run(path).state == "stopped"
    before = len(Run(path).metrics())
    (run,) = reproduce.reproduce({path: recipe})
    assert run.result["epochs"] == 6
    assert len(run.metrics()) > before


def test_a_folder_with_another_training_is_left_alone(tmp_path):
    other = creation.create(registry.find("mlp-256"), tmp_path / "tiny")
    with pytest.raises(RunError, match="holds another training") as error:
        next(reproduce.reproduce({other.path: registry.find("tiny")}))
    assert in_one_sentence(str(error.value))


def test_a_recipe_that_there_is_not_is_one_sentence(capsys):
    assert main(["reproduce", "tiny-cnn"]) == 1
    assert in_one_sentence(capsys.readouterr().err)
