"""What the shell tells of models: their list, their layers, and the commands there are."""

import json

import pytest

from fmnist.cli.commands import main
from fmnist.networks import flops
from fmnist.recipes import registry

from ..conftest import KERAS_NOISE, fmnist

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


# Models


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
    result.pop("model_digest")
    assert rows["tiny-1"] == result | {
        "name": "tiny-1",
        "recipe": "tiny",
        "data": "fashion-mnist",
        "test_images": 10_000,
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


def test_models_without_json_is_a_table_for_people(tiny, broken, call):
    done = call("models")
    assert (done.returncode, done.stderr) == (0, "")
    table, remarks = (part.splitlines() for part in done.stdout.split("\n\n"))
    lines = {line.split()[0]: line.split() for line in table}
    accuracy = f"{tiny.result['test_accuracy']:.2%}"
    assert lines["tiny-1"][1:6] == ["finished", "fashion-mnist", accuracy, "-", "2,970"]
    assert lines["mlp-256"][4] == "88.00%"  # the reported accuracy
    assert lines["broken"][1:] == ["broken", *["-"] * 5]
    assert len({len(line) for line in table}) == 1  # columns are aligned
    assert remarks == [f"broken: {broken.problem}"]


# Layers


def test_layers_are_told_as_json_and_as_a_table(capsys):
    assert main(["layers", "tiny", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["output_shape"] == [28, 28]
    assert main(["layers", "tiny"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(rows)
    assert lines[0].split() == ["Rescaling", "28", "x", "28", "0"]


def test_layers_of_no_architecture_is_an_unusable_argument(call):
    done = call("layers", "nonsense")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "mlp-256" in done.stderr


# In general


def test_without_a_command_the_commands_are_named(call):
    done = call()
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    help_text = call("--help").stdout
    for command in ("train", "resume", "stop", "models", "layers", "evaluate", "predict"):
        assert command in help_text
