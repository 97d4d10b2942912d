"""Training at the shell: train, stop, resume, and what is refused."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from fmnist.cli.commands import main
from fmnist.machine import folders
from fmnist.recipes import registry
from fmnist.runs import creation
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from ..conftest import KERAS_NOISE, fmnist, in_one_sentence, wait_until

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


def test_train_prints_where_it_trains_a_line_an_epoch_and_the_test_accuracy(tiny_training):
    printed = (tiny_training / "printed.txt").read_text()
    lines = printed.splitlines()
    result = Run(tiny_training / "tiny-1").result
    assert lines[0] == f"Training tiny-1 in {tiny_training / 'tiny-1'}"
    assert lines[1::2][:3] == ["Epoch 1/3", "Epoch 2/3", "Epoch 3/3"]
    assert lines[-1] == (
        f"Test accuracy {result['test_accuracy']:.2%}, loss {result['test_loss']:.4f}"
    )
    assert "\r" not in printed  # no progress bar in a pipe
    assert "\x1b" not in printed


@pytest.mark.slow
def test_a_training_is_stopped_and_resumed_from_the_shell_and_keeps_what_it_learned(home, signals):
    def ends(run: Run) -> list[int]:
        return [row["epoch"] for row in run.metrics() if row.get("end_of_epoch")]

    command = [sys.executable, "-m", "fmnist"]
    settings = ["--epochs", "5000", "--seed", "4", "--batch-size", "32", "--optimizer", "sgd"]
    settings += ["--learning-rate", "0.02", "--augmentation", "flip", "shift", "--mix", "fmix"]
    run, piped = Run(home / "long"), {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    options = {"cwd": folders.ROOT, "text": True} | piped
    train = [*command, "train", "tiny", "--run", str(run.path), *settings]
    with subprocess.Popen(train, **options) as training:
        wait_until(lambda: run.path.exists() and ends(run), "the first epoch")
        assert fmnist("stop", "long").returncode == 0
        printed, errors = training.communicate(timeout=60)
    assert (training.returncode, errors) == (0, "")
    assert "Test accuracy" in printed
    assert run.state == "stopped"
    assert run.recipe == registry.find("tiny").changed(
        epochs=5000,
        seed=4,
        batch_size=32,
        optimizer="sgd",
        learning_rate=0.02,
        augmentation=["flip", "shift"],
        mix="fmix",
    )
    assert run.result["test_accuracy"] > 0.3
    epochs = run.result["epochs"]

    def press_ctrl_c():
        wait_until(lambda: len(ends(run)) > epochs, "an epoch more")
        signal.raise_signal(signal.SIGINT)

    with ThreadPoolExecutor() as person:
        pressed = person.submit(press_ctrl_c)
        assert main(["resume", "long"]) == 0
        pressed.result()
    assert run.state == "stopped"
    assert ends(run) == list(range(1, run.result["epochs"] + 1))
    assert run.result["epochs"] > epochs


MY_NET = """\
from keras import Input, Sequential, layers


def build(shape, classes):
    return Sequential(
        [
            Input(shape),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(classes, activation="softmax"),
        ]
    )
"""


def test_a_network_of_my_own_file_is_trained_and_again_when_the_file_is_gone(home, call, tmp_path):
    file = tmp_path / "my_net.py"
    file.write_text(MY_NET)
    few = ["--epochs", "1", "--training-images", "500"]
    done = call("train", "tiny", "--architecture", f"{file}:build", *few)
    assert done.returncode == 0, done.stderr
    file.unlink()
    run = Run(home / "my_net-1")
    assert run.result["parameters"] == 7_850
    assert run.recipe.network.source == MY_NET
    assert run.recipe.batch_size == registry.TINY.batch_size
    assert call("restart", "my_net-1").returncode == 0
    again = Run(home / "my_net-2")
    assert again.recipe == run.recipe
    assert again.result["test_accuracy"] == run.result["test_accuracy"]


def test_a_file_whose_network_cannot_be_trained_makes_no_run(home, call, tmp_path):
    file = tmp_path / "my_net.py"
    file.write_text(MY_NET.replace(', activation="softmax"', ""))
    done = call("train", "--architecture", f"{file}:build")
    assert (done.returncode, done.stdout) == (1, "")
    *_, sentence = done.stderr.splitlines()  # after what TensorFlow may print of absent GPUs
    assert "my_net.py, line 4: build gives no network to train: its last layer is" in sentence
    assert in_one_sentence(sentence)
    assert not home.exists() or not any(home.iterdir())


def test_layers_of_my_own_that_do_not_fit_make_no_run(home, call):
    done = call("train", "own-layers", "--layers", "conv 8", "dense 4")
    assert done.returncode == 1
    assert "add flatten or average" in done.stderr
    assert in_one_sentence(done.stderr)
    assert not home.exists() or not any(home.iterdir())


def test_a_recipe_that_does_not_exist_brings_up_the_near_ones(home, call):
    done = call("train", "two-con")
    assert (done.returncode, done.stdout) == (1, "")
    assert in_one_sentence(done.stderr)
    assert "'two-con'" in done.stderr
    assert "two-conv" in done.stderr
    assert not home.exists()


@pytest.mark.parametrize(
    ("option", "value", "facts"),
    [
        ("--epochs", "0", ["Epochs", "1", "10,000"]),
        ("--epochs", "three", ["Epochs", "10,000", "'three'"]),
        ("--batch-size", "0", ["Batch size"]),
        ("--learning-rate", "0", ["Learning rate", "above 0"]),
        ("--learning-rate", "nan", ["Learning rate", "above 0"]),
        ("--validation-split", "1", ["Validation split", "0.9"]),
        ("--validation-split", "nan", ["Validation split", "0.9"]),
        ("--optimizer", "magic", ["adam", "rmsprop", "sgd", "nesterov", "'magic'"]),
        ("--augmentation", "blur", ["Augmentation", "flip", "shift"]),
        ("--mix", "blur", ["Mix", "cutmix", "fmix", "'blur'"]),
        ("--teachers", "nobody", ["'nobody'"]),
        ("--pretrained", "nobody", ["'nobody'"]),
        ("--pretrained", "sprint", ["architecture sprint"]),
        ("--seed", "-1", ["Seed"]),
        ("--set", "weight_decay=-1", ["Weight decay", "0"]),
        ("--set", "momentum=0.9", ["'momentum'", "ema_momentum"]),
    ],
)
def test_a_setting_that_cannot_be_is_refused_before_anything_is_written(
    home, option, value, facts, refusal
):
    said = refusal("train", "tiny", option, value)
    assert all(fact in said for fact in facts)
    assert not home.exists()


def test_a_run_anywhere_can_be_resumed_by_its_directory(tmp_path, home, capsys):
    run = creation.create(registry.find("tiny").changed(epochs=1), tmp_path / "elsewhere")
    RunWriter(run).update_status(state="stopped")
    assert main(["resume", str(run.path)]) == 0
    assert run.state == "finished"
    assert "Test accuracy" in capsys.readouterr().out


def test_a_benchmark_on_another_backend_is_refused(monkeypatch, refusal):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert "unset KERAS_BACKEND" in refusal("benchmark", "--quick")


def test_train_without_a_recipe_names_them_all(refusal):
    said = refusal("train")
    assert all(name in said for name in registry.RECIPES)


def test_settings_for_a_run_that_has_its_own_are_refused_not_ignored(tiny, refusal):
    assert "name a recipe" in refusal("train", "--run", tiny.path, "--epochs", "1")


def test_train_does_not_write_over_what_is_in_a_folder(tiny, refusal):
    assert "is not empty" in refusal("train", "tiny", "--run", tiny.path)


def test_train_in_a_folder_that_is_no_run_says_what_is_missing(tmp_path, refusal):
    assert "run.json is missing" in refusal("train", "--run", tmp_path)


def test_resume_and_stop_of_what_cannot_be_say_why(tiny, refusal):
    assert "tiny-1 is finished; only a stopped, failed or interrupted run" in refusal(
        "resume", "tiny-1"
    )
    assert "no run 'tiny-9'" in refusal("resume", "tiny-9")
    assert "no run 'tiny-9'" in refusal("stop", "tiny-9")
