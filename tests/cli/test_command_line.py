"""The command line, as a person types it and as other programs read it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.data.labels import CLASS_NAMES
from fmnist.networks import flops
from fmnist.recipes import registry
from fmnist.runs import creation, folders, listing
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from ..conftest import KERAS_NOISE, fmnist, in_one_sentence, wait_until
from ..data_inputs import IMAGES, LABELS, PIXEL_NAMES, cells, write

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


@pytest.fixture
def refusal(capfd):
    """A function: what a command that cannot be done says on stderr, printing nothing else."""

    def refusal(*arguments) -> str:
        capfd.readouterr()
        assert main([str(argument) for argument in arguments]) == 1
        printed = capfd.readouterr()
        assert printed.out == ""
        assert printed.err.startswith("fmnist: ")
        assert in_one_sentence(printed.err)
        return printed.err

    return refusal


@pytest.fixture
def trouser(tmp_path):
    """A picture file: the first trouser of the test set, black on white."""
    images, labels = fashion_mnist.load("test")
    path = tmp_path / "trouser.png"
    Image.fromarray(255 - images[np.flatnonzero(labels == 1)[0]]).resize((280, 280)).save(path)
    return path


# train, stop, resume


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


def test_a_recipe_that_does_not_exist_brings_up_the_near_ones(home):
    done = fmnist("train", "two-con")
    assert (done.returncode, done.stdout) == (1, "")
    assert in_one_sentence(done.stderr)
    assert "fmnist: There is no recipe 'two-con'; did you mean two-conv" in done.stderr
    assert not home.exists()


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--epochs", "0", "Epochs must be a whole number from 1 to 10,000, not 0"),
        ("--batch-size", "0", "Batch size must be"),
        ("--learning-rate", "0", "Learning rate must be a number above 0"),
        ("--learning-rate", "nan", "Learning rate must be a number above 0"),
        ("--validation-split", "1", "Validation split must be a number from 0 to 0.9"),
        ("--validation-split", "nan", "Validation split must be a number from 0 to 0.9"),
        ("--optimizer", "magic", "one of adam, rmsprop, sgd, nesterov, not 'magic'"),
        ("--augmentation", "blur", "Augmentation must be any of flip, flip-vertical, shift"),
        ("--mix", "blur", "Mix must be one of cutmix, fmix, or none, not 'blur'"),
        ("--teachers", "nobody", "There is no run 'nobody'"),
        ("--pretrained", "nobody", "There is no run 'nobody'"),
        ("--pretrained", "sprint", "sprint has the architecture sprint; only a run with the"),
        ("--seed", "-1", "Seed must be"),
        ("--epochs", "three", "a whole number from 1 to 10,000, not 'three'"),
        ("--set", "weight_decay=-1", "Weight decay must be a number of at least 0"),
        ("--set", "momentum=0.9", "no setting 'momentum'; did you mean ema_momentum"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_before_anything_is_written(
    home, option, value, said, refusal
):
    assert said in refusal("train", "tiny", option, value)
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


# models


def test_models_lists_every_run_one_json_object_a_line(tiny, running, failed, interrupted, broken):
    done = fmnist("models", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}
    states = {name: row["state"] for name, row in rows.items()}
    expected = {"tiny-1": "finished", "tiny-running": "running", "tiny-failed": "failed"}
    expected |= {"tiny-interrupted": "interrupted", "broken": "broken", "mlp-256": "finished"}
    assert expected.items() <= states.items()
    assert "run.json" in rows["broken"]["error"]
    result = tiny.result
    layers = result.pop("layers")
    assert rows["tiny-1"] == result | {
        "name": "tiny-1",
        "recipe": "tiny",
        "state": "finished",
        "shipped": False,
        "reported_accuracy": None,
        "link": None,
        "megaflops": flops.megaflops(layers),
        "seconds_in_all": result["seconds"],
        "bytes": sum(path.stat().st_size for path in tiny.path.iterdir()),
    }
    promised = {"test_accuracy", "test_loss", "parameters", "seconds"}
    assert promised <= set(rows["tiny-1"]) & set(rows["mlp-256"])
    assert rows["mlp-256"]["reported_accuracy"] == 0.88
    assert rows["mlp-256"]["link"] == registry.find("mlp-256").link


def test_models_without_json_is_a_table_for_people(tiny, broken):
    done = fmnist("models")
    assert (done.returncode, done.stderr) == (0, "")
    table, remarks = (part.splitlines() for part in done.stdout.split("\n\n"))
    lines = {line.split()[0]: line.split() for line in table}
    assert lines["tiny-1"][1:5] == ["finished", f"{tiny.result['test_accuracy']:.2%}", "-", "2,970"]
    assert lines["broken"][1:] == ["broken", "-", "-", "-", "-"]
    assert len({len(line) for line in table}) == 1  # columns are aligned
    assert remarks == [f"broken: {broken.problem}"]


# layers


def test_layers_are_told_as_json_and_as_a_table(capsys):
    assert main(["layers", "tiny", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["output_shape"] == [28, 28]
    assert main(["layers", "tiny"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(rows)
    assert lines[0].split() == ["Rescaling", "28", "x", "28", "0"]


def test_layers_of_no_architecture_is_an_unusable_argument():
    done = fmnist("layers", "nonsense")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "mlp-256" in done.stderr


# evaluate


def test_evaluate_a_run_gives_one_json_object(tiny):
    done = fmnist("evaluate", "--json", "tiny-1")
    assert (done.returncode, done.stderr) == (0, "")
    row = json.loads(done.stdout)
    assert list(row) == ["model", "accuracy", "loss", "images", "assumptions"]
    assert (row["model"], row["images"]) == ("tiny-1", 10_000)
    assert row["accuracy"] == pytest.approx(tiny.result["test_accuracy"], abs=2e-4)
    assert row["loss"] == pytest.approx(tiny.result["test_loss"], rel=1e-4)


def test_evaluate_a_keras_file_gives_the_same_and_says_how_it_was_given_its_pixels(tiny, capsys):
    result = tiny.result
    command = ["evaluate", str(tiny.path / "model.keras"), "--preprocessing", "0-255"]
    assert main(command) == 0
    scores, _, preprocessing = capsys.readouterr().out.splitlines()
    assert scores == (
        f"Final scores on 10,000 test images: loss {result['test_loss']:.4f}, "
        f"accuracy {result['test_accuracy']:.2%}"
    )
    assert preprocessing == "Preprocessing: 0-255 (pixels from 0 to 255), as given."


def test_a_preprocessing_that_does_not_suit_the_file_leaves_no_figure_without_doubt(tiny, capsys):
    command = ["evaluate", str(tiny.path / "model.keras"), "--preprocessing", "inverted-0-255"]
    assert main(command) == 0
    assert "Doubtful: " in capsys.readouterr().out.splitlines()[1]
    assert main([*command, "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["doubt"].startswith("Doubtful: ")
    assert row["preprocessing"] == {"name": "inverted-0-255", "given": True}


def test_evaluate_a_run_anywhere_by_its_directory(tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FMNIST_RUNS", str(tmp_path))  # where it is not
    assert main(["evaluate", str(tiny.path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["accuracy"] == pytest.approx(tiny.result["test_accuracy"], abs=0.001)


def test_evaluate_without_json_is_a_sentence():
    done = fmnist("evaluate", "mlp-256")
    result = listing.find("mlp-256").result
    scores, interval = done.stdout.splitlines()
    assert scores == (
        f"Final scores on 10,000 test images: loss {result['test_loss']:.4f}, "
        f"accuracy {result['test_accuracy']:.2%}"
    )
    assert interval == ("On all images of this kind it is most likely between 88.42% and 89.65%.")


def test_evaluate_says_in_one_sentence_why_a_run_has_no_model(running, failed, broken, refusal):
    assert "tiny-running is running: it has no trained model" in refusal("evaluate", "tiny-running")
    assert "tiny-failed is failed" in refusal("evaluate", "tiny-failed")
    assert "broken is broken" in refusal("evaluate", "broken")
    assert "no run 'nothing'; there are: augmented-cnn" in refusal("evaluate", "nothing")


def test_evaluate_a_file_that_is_no_model_is_one_sentence(tmp_path, capsys):
    (tmp_path / "bad.keras").write_text("no model")
    for name in ("bad.keras", "missing.keras", "missing.h5"):
        assert main(["evaluate", str(tmp_path / name)]) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith(f"fmnist: {tmp_path / name} is ")
        assert in_one_sentence(printed.err)


def test_evaluate_on_the_pictures_of_a_csv_file(tmp_path):
    images, labels = (array[:30] for array in fashion_mnist.load("test"))
    rows = np.column_stack([labels, images.reshape(30, 784)])
    path = tmp_path / "für mich.csv"
    np.savetxt(path, rows, fmt="%d", delimiter=",")
    ascii_alone = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = fmnist("evaluate", "mlp-256", "--data", path, env=os.environ | ascii_alone)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Final scores on 30 images of {path}: loss ")
    assert "The label was taken from column 1." in done.stdout
    row = json.loads(fmnist("evaluate", "mlp-256", "--json", "--data", fashion_mnist.FOLDER).stdout)
    assert (row["images"], row["assumptions"]) == (10_000, [])
    assert row["accuracy"] == pytest.approx(
        listing.find("mlp-256").result["test_accuracy"], abs=2e-4
    )


def test_predict_takes_a_table_and_predicts_each_of_its_images(tmp_path, capsys):
    path = write(tmp_path / "id.csv", [["id", *PIXEL_NAMES], *cells(255 - IMAGES, range(7, 67))])
    assert main(["predict", "--json", str(path)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["image"], row["id"]) for row in rows[:2]] == [(1, "7"), (2, "8")]
    assert np.mean([row["index"] for row in rows] == LABELS) > 0.8
    assert rows[0]["assumptions"] == ["The images are dark on light; they were inverted."]
    assert main(["predict", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 61
    assert "they were inverted" in lines[0]
    assert lines[1].startswith(f"{path}, image 1 (id 7): ")


def test_evaluate_on_data_that_cannot_be_read_is_one_sentence(tmp_path, refusal):
    (tmp_path / "some.csv").write_text("1,2,3")
    said = refusal("evaluate", "mlp-256", "--data", tmp_path / "some.csv")
    assert "has 3 columns in its first line; expected 785" in said
    images = write(tmp_path / "id.csv", [["id", *PIXEL_NAMES], *cells(labels=range(60))])
    assert "has no labels to compare with: column 1 (id)" in refusal(
        "evaluate", "mlp-256", "--data", images
    )
    assert "No such file" in refusal("evaluate", "mlp-256", "--data", tmp_path / "other.csv")


def test_evaluate_takes_a_preprocessing_for_files_alone(refusal):
    said = refusal("evaluate", "mlp-256", "--preprocessing", "0-1")
    assert "--preprocessing is for model files" in said
    assert fmnist("evaluate", "mlp-256", "--preprocessing", "0-2").returncode == 2


def test_a_run_whose_model_file_is_damaged_is_one_sentence(tiny, trouser):
    (tiny.path / "model.tflite").write_bytes(b"no model")
    for arguments in (["evaluate", "tiny-1"], ["predict", "--model", "tiny-1", trouser]):
        done = fmnist(*arguments)  # in a process of its own: LiteRT must not have its say
        assert (done.returncode, done.stdout) == (1, "")
        assert in_one_sentence(done.stderr)
        assert "model.tflite" in done.stderr


# predict


def test_predict_gives_one_json_object_a_picture(trouser):
    done = fmnist("predict", "--json", trouser, trouser)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows[0] == rows[1]
    assert list(rows[0])[:5] == ["file", "label", "index", "confidence", "probabilities"]
    assert rows[0]["unsure"] is False
    assert rows[0]["file"] == str(trouser)
    assert (rows[0]["label"], rows[0]["index"]) == ("Trouser", 1)
    assert len(rows[0]["probabilities"]) == len(CLASS_NAMES)
    assert sum(rows[0]["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert rows[0]["confidence"] == max(rows[0]["probabilities"])


def test_a_bad_picture_among_good_ones_has_its_own_line_and_the_others_go_on(trouser, tmp_path):
    (tmp_path / "list.png").write_text("eggs, milk")
    files = [trouser, tmp_path / "list.png", tmp_path / "nowhere.jpg", trouser]
    done = fmnist("predict", "--json", *files)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["file"] for row in rows] == [str(path) for path in files]
    assert [set(row) for row in rows[1:3]] == [{"file", "error"}] * 2
    assert rows[0] == rows[3]
    assert rows[0]["label"] == "Trouser"
    assert all(in_one_sentence(row["error"]) for row in rows[1:3])


def test_predict_without_json_is_a_sentence_a_picture(trouser, tmp_path):
    (tmp_path / "empty.png").touch()
    done = fmnist("predict", trouser, tmp_path / "empty.png")
    first, second = done.stdout.splitlines()
    assert first.startswith(f"{trouser}: I am sure: Trouser (")
    assert first.endswith("%).")
    assert second.startswith(f"{tmp_path / 'empty.png'}: The file is empty; expected PNG, ")
    assert done.returncode == 1


def test_predict_asks_the_model_that_was_named(trouser, tiny, refusal, capfd):
    answers = []
    for model in ([], ["--model", registry.DEFAULT], ["--model", "tiny-1"]):
        assert main(["predict", "--json", *model, str(trouser)]) == 0
        answers.append(json.loads(capfd.readouterr().out)["probabilities"])
    assert answers[0] == answers[1] != answers[2]
    assert "no run 'nobody'" in refusal("predict", "--model", "nobody", trouser)


def test_of_a_folder_every_image_is_predicted(trouser, tmp_path, capsys):
    (folder := tmp_path / "folder").mkdir()
    for name in ("b.png", "a.JFIF", "notes.txt", ".hidden.png"):
        shutil.copy(trouser, folder / name)
    assert main(["predict", "--json", str(folder)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["file"] for row in rows] == [str(folder / name) for name in ("a.JFIF", "b.png")]
    assert rows[0]["label"] == "Trouser"


# In general


def test_without_a_command_the_commands_are_named():
    done = fmnist()
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    help_text = fmnist("--help").stdout
    for command in ("train", "resume", "stop", "models", "layers", "evaluate", "predict"):
        assert command in help_text
