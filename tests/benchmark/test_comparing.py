"""What is compared: the opponents, their best variants, and several machines side by side."""

import json

import pytest

from fmnist.benchmark import competitors, report, side_by_side, training_speed
from fmnist.benchmark.measuring import machine, row
from fmnist.cli.commands import main
from fmnist.machine import versions
from fmnist.machine.instructions import has_bfloat16


@pytest.fixture
def refusal(capsys):
    """Run a command that should fail; its sentence."""

    def run(*command):
        assert main([str(part) for part in command]) == 1
        return capsys.readouterr().err

    return run


def trained(recipe, ratios):
    """The rows of a recipe: ours trains 600 images a second, the opponents as many fewer as `ratios` says."""
    rows = [row("training", f"{recipe}: train step", "images/s", [600])]
    for opponent, ratio in ratios.items():
        rows.append(row("training", f"{recipe}: {opponent}, float32", "images/s", [600 / ratio]))
        rows.append(row("training", f"{recipe}: train step / {opponent}", "x", [ratio]))
    return rows


def written(folder, rows, **machine):
    """A folder with the benchmark of a machine."""
    folder.mkdir()
    content = {"machine": {"processor": folder.name} | machine, "versions": {}, "rows": rows}
    (folder / "benchmark.json").write_text(json.dumps(content))
    return folder


def test_keras_stands_twice_with_each_precision_that_the_processor_has():
    names = [each.name for each in competitors.competitors()]
    assert names[:2] == ["train step", "Keras fit"]
    tuned = [name for name in names if name.startswith("Keras tuned")]
    assert len(tuned) == (4 if has_bfloat16() else 2)
    assert any("without oneDNN" in name for name in tuned)


def test_keras_out_of_the_box_has_none_of_our_settings(monkeypatch):
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")
    environment = competitors.environment(competitors.KERAS_FIT)
    assert "TF_ENABLE_ONEDNN_OPTS" not in environment
    assert environment["PATH"]


@pytest.mark.slow
def test_pytorch_without_a_compiler_is_a_problem_in_words_and_not_a_crash():
    options = {"precision": "float32", "compiled": True}
    lame = competitors.Competitor("PyTorch compiled", "pytorch", options, {"CXX": "/no/compiler"})
    with competitors.started([lame], "tiny", 64) as (process,):
        assert process.problem.startswith(("torch.compile fails", "ended with code"))  # or no torch


@pytest.mark.slow
def test_a_process_trains_epochs_and_times_them_until_the_last_batch():
    with competitors.started([competitors.KERAS_FIT], "tiny", 200) as (process,):
        assert process.images == 192  # whole batches
        seconds, until_last_batch = process.timed_epoch()
        assert 0 < until_last_batch < seconds


def test_the_summary_has_the_mean_and_the_worst_for_each_opponent_that_was_measured():
    rows = [
        *trained("two-conv", {"Keras fit": 2, "Keras tuned": 1.5}),
        *trained("mlp-256", {"Keras fit": 8, "Keras tuned": 1.2}),
    ]
    found = training_speed.summary(rows, {"recipes": ["two-conv", "mlp-256", "ffnn"]})
    assert {row["what"]: pytest.approx(row["median"]) for row in found} == {
        "train step / Keras fit, geometric mean over recipes: 2": 4,
        "train step / Keras fit, worst of recipes: two-conv": 2,
        "train step / Keras tuned, geometric mean over recipes: 2": (1.5 * 1.2) ** 0.5,
        "train step / Keras tuned, worst of recipes: mlp-256": 1.2,
    }


def test_the_fastest_variant_of_an_opponent_is_the_one_that_is_drawn():
    rows = [
        row("training", "tiny: PyTorch eager, float32", "images/s", [10]),
        row("training", "tiny: PyTorch compiled, float32", "images/s", [20]),
        row("training", "tiny: PyTorch eager, bfloat16: a layer is missing", "", []),
    ]
    assert report.fastest(rows, "tiny", "PyTorch")["median"] == 20
    assert report.fastest(rows, "tiny", "Keras fit") is None


def test_machines_stand_side_by_side_and_what_one_has_not_measured_is_a_dash(tmp_path, capsys):
    fast = written(tmp_path / "fast", trained("tiny", {"Keras fit": 3}), avx512="yes")
    slow = written(tmp_path / "slow", [row("learning", "to 92.50%: sprint", "s", [9])], avx512="no")
    assert main(["benchmark", "compare", str(fast), str(slow)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "| AVX-512 | yes | no |" in lines
    assert "| `tiny` | 600 | 3 (3 to 3) | - | - | - | - | - | - |" in lines
    assert "| 92.50 % | - | - | - | sprint | 9 (9 to 9) | - |" in lines


def test_the_tables_replace_what_stands_between_two_comments_of_a_page(tmp_path, refusal):
    fast = written(tmp_path / "fast", trained("tiny", {"Keras fit": 3}))
    page = tmp_path / "speed.md"
    page.write_text(f"before\n{side_by_side.BEGIN}\nold\n{side_by_side.END}\nafter\n")
    for _ in range(2):
        assert main(["benchmark", "compare", str(fast), "--into", str(page)]) == 0
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert text.count("`tiny`") == 1
    assert "old" not in text
    page.write_text("no comments")
    assert "needs the lines" in refusal("benchmark", "compare", fast, "--into", page)


def test_a_folder_of_another_machine_keeps_its_rows(tmp_path, refusal):
    other = written(tmp_path / "other", [])
    said = refusal("benchmark", "--quick", "--only", "peak", "--out", other)
    assert "of another machine" in said
    (other / "benchmark.json").write_text("[]")
    assert "not the file of a benchmark" in refusal("benchmark", "compare", other)


def test_the_rows_of_other_parts_are_kept_on_the_same_machine(tmp_path):
    rows = [row("peak", "a", "GFLOP/s", [1]), row("scaling", "b", "images/s", [2])]
    content = {"machine": machine(), "versions": versions(), "rows": rows}
    (tmp_path / "benchmark.json").write_text(json.dumps(content))
    assert report.kept(tmp_path, ["peak"]) == rows[1:]
    assert report.kept(tmp_path / "new", ["peak"]) == []
