"""A run as a script that trains it again with Keras alone."""

import ast
import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fmnist.augmentation import augment
from fmnist.cli.commands import main
from fmnist.data import fashion_mnist, library
from fmnist.model_files.exports import script
from fmnist.recipes import registry
from fmnist.recipes.fields import settings_of
from fmnist.recipes.recipe import FROM_FILE, IMPORTED, Recipe
from fmnist.runs import listing, splits
from fmnist.runs.files import RunError
from fmnist.training import schedules

from ...conftest import KERAS_NOISE, tells

OTHER = {  # a value of each setting that no run here has
    "epochs": 7,
    "learning_rate": 0.0123,
    "batch_size": 77,
    "seed": 41,
    "layers": ("conv 8 3 same relu", "flatten"),
    "optimizer": "sgd",
    "schedule": "one-cycle",
    "weight_decay": 0.0456,
    "label_smoothing": 0.13,
    "ema_momentum": 0.987,
    "precision": "float32",
    "data": "other",
    "augmentation": ("flip", "affine", "sketch-photo"),
    "mix": "cutmix",
    "validation_split": 0.35,
    "training_images": 777,
    "resplit_epochs": (3, 4),
    "teachers": ("quality",),
    "distillation_weight": 0.6,
    "pretrained": "mlp-256",
    "pretrained_share": 0.4,
    "replay": 0.3,
    "frozen_layers": 1,
    "ensemble_member": "quality",
    "ensemble_weight": 0.45,
    "restore_best_weights": False,
    "flip_tta": True,
    "calibrate": True,
    "quantize": True,
}
NEEDS = {"layers": {"architecture": "layers"}}


@pytest.mark.parametrize("name", sorted(settings_of(Recipe)))
def test_each_setting_is_in_the_script_or_left_out_in_words(name, run_with):
    """A new setting fails here until the script carries it out, or says that it does not."""
    needed = settings_of(Recipe)[name].needs
    before = {needed: OTHER[needed]} if needed else {}
    told = [
        script.source(run_with(**before | fields))
        for fields in ({}, {name: OTHER[name]} | NEEDS.get(name, {}))
    ]
    if name in ("data", "distillation_weight", "pretrained_share", "replay", "frozen_layers"):
        return  # told with the run's data set, its teachers or its pretrained weights
    assert told[0] != told[1]


def test_no_line_ends_within_the_name_of_a_class():
    names = tuple(f"Boots with {number} laces" for number in range(20))
    text = script._wrapped_list(names)
    assert tuple(ast.literal_eval(text)) == names
    assert max(map(len, text.splitlines())) < 120


def test_what_is_left_out_is_named(run_with):
    fields = ("teachers", "pretrained", "ensemble_member", "augmentation", "quantize")
    told = script.left_out(run_with(**{name: OTHER[name] for name in fields}))
    for word in ("distillation", "fine-tuning", "ensemble", "drawings", "quantized"):
        assert any(word in sentence for sentence in told), word
    plain = script.left_out(run_with(precision="float32"))
    assert plain == []


@pytest.mark.parametrize(
    "run", [run for run in listing.list_runs() if run.shipped], ids=lambda run: run.name
)
def test_a_script_needs_keras_and_numpy_alone(run):
    for notebook in (False, True):
        module = ast.parse(script.source(run, notebook))
        imports = [node for node in ast.walk(module) if isinstance(node, ast.Import)]
        froms = [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
        names = {alias.name for node in imports for alias in node.names}
        names |= {node.module for node in froms}
        roots = {name.split(".")[0] for name in names} - sys.stdlib_module_names
        assert roots <= {"keras", "numpy"} | ({"matplotlib"} if notebook else set())


def test_a_model_file_has_no_script(run_with):
    run = run_with(architecture=IMPORTED)
    with pytest.raises(RunError) as error:
        script.source(run)
    assert tells(str(error.value), run.name)


FILE = '''
"""Mine."""
from __future__ import annotations
from keras import Input, Sequential, layers

UNITS = 12

def {function}({arguments}):
    shape, classes = (28, 28), 10
    return Sequential([Input(shape), layers.Flatten(), layers.Dense(UNITS), layers.Dense(classes, activation="softmax")])

if __name__ == "__main__":
    raise SystemExit("never")
'''


def of_file(run_with, function: str, arguments: str, **fields):
    source = FILE.format(function=function, arguments=arguments)
    builder = {"builder": f"net.py:{function}", "builder_source": source}
    return run_with(architecture=FROM_FILE, **builder, **fields)


@pytest.mark.parametrize(
    ("arguments", "call"),
    [
        ("", "net()"),
        ("*, classes, shape", "net(shape=SHAPE, classes=len(CLASS_NAMES))"),
        ("a, b, c=3", "net(SHAPE, len(CLASS_NAMES))"),
    ],
)
def test_a_network_of_ones_own_is_called_as_its_file_wants_it(run_with, arguments, call):
    text = script.source(of_file(run_with, "net", arguments))
    assert f"model = {call}\n" in text
    assert "UNITS = 12" in text
    assert "never" not in text  # what the file does as a program is not the network
    compile(text, "script", "exec")  # and what must be at a file's top is there


def test_a_name_that_means_two_things_is_refused(run_with):
    with pytest.raises(RunError) as error:
        script.source(of_file(run_with, "train", ""))
    assert tells(str(error.value), "net.py", "train")


@pytest.mark.slow  # which loads Keras
@pytest.mark.filterwarnings(KERAS_NOISE)
def test_its_rates_and_turned_images_are_those_of_a_training_here():
    from fmnist.model_files.exports import plain

    recipe = registry.find("sprint").changed(learning_rate=0.2)
    ours = np.concatenate([schedules.learning_rates(recipe, 3, epoch, 5) for epoch in range(3)])
    rate = plain.OneCycle(0.2, 15)
    np.testing.assert_allclose([float(rate(step)) for step in range(15)], ours, atol=1e-7)
    images, labels = (array[:20] for array in fashion_mnist.load("test"))
    ours, theirs = (
        function(images, labels, np.random.default_rng(3)).astype(int)
        for function in (augment.affine, plain.affine)
    )
    assert np.abs(ours - theirs).mean() < 1  # OpenCV rounds places to 1/32 of a pixel


def run_alone(path: Path, *arguments: str | Path) -> str:
    """Run a script in a process that cannot import this package; what it printed."""
    code = (
        "import runpy, sys; sys.modules['fmnist'] = sys.modules['cv2'] = None; sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, path, *map(str, arguments)],
        cwd=path.parent,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def measured(printed: str) -> float:
    return float(re.search(r"Test accuracy ([\d.]+)%", printed)[1]) / 100


@pytest.mark.slow
def test_it_is_as_accurate_as_the_run(tiny, tmp_path):
    """Within half of what seeds differ by: three trainings of tiny have 82 to 84 %."""
    script.write(tiny, tmp_path / "tiny.py")
    printed = run_alone(tmp_path / "tiny.py", "--data", fashion_mnist.FOLDER)
    assert abs(measured(printed) - tiny.figures["test_accuracy"]) < 0.03
    assert (tmp_path / "model.keras").exists()


EVERYTHING = {
    "training_images": 600,
    "epochs": 1,
    "batch_size": 50,
    "optimizer": "nesterov",
    "schedule": "one-cycle",
    "augmentation": ("flip", "flip-vertical", "shift", "affine", "erase", "sketch-photo"),
    "mix": "fmix",
    "label_smoothing": 0.1,
    "weight_decay": 0.001,
    "ema_momentum": 0.9,
    "calibrate": True,
    "flip_tta": True,
}
SPLIT_AGAIN = {
    "training_images": 600,
    "epochs": 1,
    "resplit_epochs": (1,),
    "schedule": "reduce-on-plateau",
    "mix": "cutmix",
    "restore_best_weights": True,
    "architecture": "layers",
    "layers": ("conv 4 3 same relu", "pool 4", "flatten"),
}


@pytest.mark.slow
@pytest.mark.filterwarnings(KERAS_NOISE)
@pytest.mark.parametrize("fields", [EVERYTHING, SPLIT_AGAIN, "file"])
def test_every_setting_trains(fields, run_with, tmp_path):
    if fields == "file":
        run = of_file(run_with, "net", "shape, classes", training_images=600, epochs=1)
    else:
        run = run_with(**fields)
    script.write(run, tmp_path / "script.py")
    out = tmp_path / "trained.keras"
    printed = run_alone(tmp_path / "script.py", "--data", fashion_mnist.FOLDER, "--out", out)
    assert measured(printed) > 0.05
    assert out.exists()


@pytest.mark.slow
def test_a_data_set_of_ones_own_comes_as_a_file_or_a_folder(own, tmp_path, monkeypatch):
    script.write(own, tmp_path / "own.py")
    monkeypatch.chdir(tmp_path)
    assert main(["data", "export", "shapes"]) == 0
    folder = library.folders.datasets() / "shapes"
    figures = {
        measured(run_alone(tmp_path / "own.py", "--data", data, "--epochs", "2"))
        for data in (tmp_path / "shapes.npz", folder)
    }
    assert len(figures) == 1  # the same images
    with pytest.raises(AssertionError, match="DATA"):
        run_alone(tmp_path / "own.py")
    with pytest.raises(AssertionError, match="expected images"):
        run_alone(tmp_path / "own.py", "--data", _npz_of_others(tmp_path))


def _npz_of_others(folder: Path) -> Path:
    images, labels = np.zeros((9, 28, 28), np.uint8), np.zeros(9, np.uint8)
    np.savez(folder / "others.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    return folder / "others.npz"


def test_it_validates_with_the_images_that_the_run_held_out(run_with):
    run = run_with(resplit_epochs=(2, 3), validation_split=0.17)
    text = script.source(run)
    loop = text[text.index("rng = np.random.default_rng(SEED)\ntraining") :]
    parts: list = []
    names = {
        "np": np,
        "images": np.zeros(501),
        "SEED": run.recipe.seed,
        "VALIDATION_SPLIT": 0.17,
        "EPOCHS": 1,
        "RESPLIT_EPOCHS": (2, 3),
    }
    body = loop[: loop.index("    keras.utils")] + "    parts.append((training, validation))\n"
    exec(body, names | {"parts": parts})
    recipe = dataclasses.replace(run.recipe, training_images=501)
    for found, expected in zip(parts, splits.draw(recipe, 60_000), strict=True):
        assert (found[0] == expected.training).all()
        assert (found[1] == expected.validation).all()


def test_a_data_set_is_written_once(own, tmp_path, capsys):
    path = tmp_path / "shapes.npz"
    assert main(["data", "export", "shapes", "--out", str(path)]) == 0
    with np.load(path) as file:
        assert (file["x_train"] == own.dataset.load("train")[0]).all()
        assert (file["y_test"] == own.dataset.load("test")[1]).all()
    capsys.readouterr()
    assert main(["data", "export", "shapes", "--out", str(path)]) == 1
    assert tells(capsys.readouterr().err, str(path))
