"""The command line under hard conditions: nobody reads, odd arguments, names in another encoding."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.inference import classifier
from fmnist.machine import folders
from fmnist.runs import files, listing
from fmnist.runs.run import Run

from ..conftest import in_one_sentence

LONG = "x" * 300


def unread(*arguments: str, unbuffered: bool = False, **environment: str) -> tuple[int, str]:
    """Exit status and standard error of a command whose output nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, *(["-u"] * unbuffered), "-m", "fmnist", *arguments]
    try:
        done = subprocess.run(
            command, cwd=folders.ROOT, stdout=writer, stderr=subprocess.PIPE, text=True,
            env=os.environ | environment,
        )  # fmt: skip
    finally:
        os.close(writer)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("arguments", "unbuffered"),
    [(["models"], True), (["models", "--json"], False), (["--help"], False), (["models"], False)],
)
def test_a_command_whose_output_nobody_reads_ends_quietly_and_well(arguments, unbuffered):
    assert unread(*arguments, unbuffered=unbuffered) == (0, "")


@pytest.mark.slow
def test_a_training_goes_on_when_nobody_reads_what_it_prints(home):
    few = ("--epochs", "1", "--training-images", "600")
    status, _ = unread("train", "tiny", *few, unbuffered=True)
    assert status == 0
    assert listing.find("tiny-1").state == "finished"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full")
def test_a_full_disk_under_the_output_is_one_sentence():
    command = f"{sys.executable} -m fmnist models > /dev/full"
    done = subprocess.run(command, shell=True, cwd=folders.ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert in_one_sentence(done.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        *(["train", "tiny", "--run", place] for place in ("", "{file}", "{file}/x", "{full}", LONG)),
        *(["train", "--run", place] for place in ("", "{file}", "{full}", "{home}/broken", "nothing")),
        *(["train", "tiny", "--epochs", value] for value in ("1e3", "0", "-1", "9" * 30, "9" * 5000)),
        *(["train", "tiny", "--learning-rate", value] for value in ("nan", "inf", "0", "-1", "x")),
        *(["train", "tiny", "--validation-split", value] for value in ("nan", "1", "-0.1")),
        *(["train", "tiny", "--seed", value] for value in ("-1", "1e3", "9" * 30)),
        *(["train", "tiny", "--teachers", name] for name in ("gone", "../x", "broken", LONG)),
        ["train", "tiny", "--pretrained", "mlp-256"],
        ["train", LONG],
        *(
            [command, name]
            for command in ("resume", "restart", "stop", "complete")
            for name in ("", "gone", "../x", "{file}", "/", "broken", "{home}/broken", LONG)
        ),
        *(["export", name, "--to", "keras"] for name in ("gone", "../x", "broken", LONG)),
        ["export", "mlp-256", "--to", "gone"],
        *(["export", "mlp-256", "--to", "script", "--out", to] for to in ("", "{file}", "{file}/x", "/", LONG)),
        *([command, "mlp-256"] for command in ("resume", "stop")),
        ["reproduce", "gone"],
        ["reproduce", "tiny", "--into", "{file}"],
        *(["reproduce", "tiny", "--seeds", value] for value in ("0", "1", "-3", "x")),
        ["ablate", "tiny", "--into", "{file}"],
        ["ablate", "tiny", "--seeds", "0", "--into", "{home}/a"],
        ["layers", "gone"],
        *(["evaluate", name] for name in ("", "gone", "broken", "/", LONG)),
        *(["predict", "{file}", "--model", name] for name in ("gone", "broken")),
        ["benchmark", "--quick", "--out", "{file}"],
    ],
    ids=lambda arguments: " ".join(arguments)[:60],
)  # fmt: skip
def test_odd_arguments_end_in_one_sentence_and_start_nothing(arguments, tmp_path, broken, capsys):
    (tmp_path / "file").write_text("x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    places = {"home": broken.path.parent, "file": tmp_path / "file", "full": tmp_path / "full"}
    try:
        status = main([argument.format(**places) for argument in arguments])
    except SystemExit as end:
        status = end.code
    said = capsys.readouterr().err.strip().splitlines()
    assert status in (1, 2)
    assert len(said) == 1 or status == 2, said
    assert "Traceback" not in "".join(said)
    assert len(said[-1]) < 1000 or LONG in said[-1] or "9" * 5000 in said[-1]
    assert listing.list_own_runs() == [broken]


@pytest.mark.parametrize("place", ["file", "file/below", LONG])
def test_a_folder_of_runs_that_is_none_is_said_and_the_models_that_ship_are_listed(
    place, tmp_path, monkeypatch, capsys
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("FMNIST_RUNS", str(tmp_path / place))
    assert main(["models"]) == 0
    printed = capsys.readouterr()
    assert "mlp-256" in printed.out
    assert in_one_sentence(printed.err)
    assert main(["train", "tiny"]) == 1
    assert in_one_sentence(capsys.readouterr().err)


def test_a_run_whose_folder_has_another_encoding_answers_by_its_path_and_is_not_listed(tiny, home):
    odd = Run(Path(os.fsdecode(os.fsencode(home) + b"/\xdcbung")))
    shutil.copytree(tiny.path, odd.path)
    assert odd.usable
    assert (
        len(classifier.load_quietly(odd.path).probabilities(fashion_mnist.load("test")[0][:3])) == 3
    )
    assert listing.list_own_runs() == [tiny]


def test_an_umlaut_in_a_name_is_nothing_special_where_the_locale_is_plain_ascii(tiny, home):
    tiny.path.rename(home / "Übung")
    plain = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "fmnist", "evaluate", str(home / "Übung")]
    done = subprocess.run(command, cwd=folders.ROOT, env=plain, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_only_programs_call_is_not_in_the_help(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    words = capsys.readouterr().out.split()
    assert "resume" in words
    assert "wait" not in words


def test_temporary_files_of_a_writer_who_was_killed_are_swept_and_no_others(tmp_path):
    old, new, whole = (tmp_path / name for name in ("a.json.1-2.new", "b.json.1-2.new", "c.json"))
    for path in (old, new, whole):
        path.touch()
    for path in (old, whole):
        os.utime(path, times=(time.time() - 3600,) * 2)
    files.sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == [new, whole]
