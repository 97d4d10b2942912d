"""Choosing when a model can't tell and when it is sure: on labelled images, per folder, kept with the run."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fmnist.analysis.metrics import evidence
from fmnist.benchmark import accuracy_tables, operating_point
from fmnist.benchmark.collection import NO_CLASS, Answer, Entry
from fmnist.cli.commands import main
from fmnist.data.dataset import DatasetError
from fmnist.inference import classifier
from fmnist.inference.prediction import predict_pixels

from ..conftest import tells


def answer(strength: float, label: int = 0, folder: str = "a", separated: bool = True) -> Answer:
    """That class 0 stands out by a strength, in nats above nine classes that are alike."""
    powers = np.exp(strength * np.eye(10)[0])
    entry = Entry(Path("image.png"), label, ("kind", "style"), folder)
    return Answer(entry, powers / powers.sum(), separated=separated)


def spread(least: float, most: float, count: int = 100, **options) -> list[Answer]:
    return [answer(strength, **options) for strength in np.linspace(least, most, count)]


def withheld(answers: list[Answer], point) -> float:
    return np.mean([each.unsure for each in operating_point.judged(answers, point) if each.right])


def test_one_right_answer_in_twenty_is_withheld_and_no_more_in_any_folder():
    first, second = spread(1, 9), spread(3, 11, folder="b")
    point = operating_point.choose(first + second)
    assert withheld(first, point) == 0.05
    assert withheld(second, point) == 0
    unclear = [answer(9, separated=False)] * 3
    point = operating_point.choose(first + unclear)
    assert withheld(first + unclear, point) == pytest.approx(0.05, abs=0.005)
    assert operating_point.choose(first + unclear * 10)["least"] == 0  # these alone are too many


def test_sure_answers_are_right_in_every_folder_and_what_is_of_no_class_counts_as_wrong():
    right = spread(5, 15, count=300) + spread(5, 15, count=300, folder="b")
    cats = spread(5, 10, count=40, label=NO_CLASS, folder="b")
    without, point = operating_point.choose(right), operating_point.choose(right + cats)
    assert without["sure"] < point["sure"] < evidence(cats[-1].probabilities)
    sure = [each for each in operating_point.judged(right + cats, point) if each.sure]
    share = np.mean([each.right for each in sure if each.entry.folder == "b"])
    assert operating_point.RIGHT <= share < 1
    few = operating_point.choose(right + spread(1, 5, folder="c"))  # confident only from 4.4 on
    wrong = [dataclasses.replace(each, entry=cats[0].entry) for each in right if each.right]
    never = operating_point.choose(right + wrong)
    assert not any(each.sure for each in operating_point.judged(right + wrong, never))
    assert few["sure"] == never["sure"]
    words = accuracy_tables.chosen({"operating_point": never})
    assert "never" in words
    assert "100" not in words


def test_it_is_reported_with_what_a_choice_elsewhere_does_in_each_folder():
    answers = spread(2, 9) + spread(3, 11, count=200, folder="b")
    answers += spread(0, 5, count=50, label=NO_CLASS, folder="b")
    report = operating_point.report(answers, operating_point.choose(answers))
    refused = report["refused"]
    assert 0 < refused["low"] < refused["share"] < refused["high"] < 1
    assert refused["of"] == 50
    assert (
        report["elsewhere"]["a"]["withheld"]["share"] > 0.1
    )  # b's right answers have more evidence
    assert "refused" not in report["elsewhere"]["a"]
    assert report["elsewhere"]["a"]["sure_right"]["share"] == 1
    assert report["elsewhere"]["b"]["refused"]["of"] == 50


def test_too_few_right_answers_in_a_folder_are_one_sentence():
    with pytest.raises(DatasetError, match="b: 99 images are classified correctly"):
        operating_point.choose(spread(1, 9) + spread(1, 9, count=99, folder="b"))


def test_at_a_shell_it_is_kept_with_the_run_whose_predictions_then_follow_it(own, tmp_path, capsys):
    images, labels = own.dataset.load("test")
    model = classifier.load_quietly(own.path)
    assert model.operating_point is None
    rows = []
    for index in np.flatnonzero(model.probabilities(images).argmax(axis=1) == labels)[:50]:
        Image.fromarray(images[index]).save(tmp_path / f"{index}.png")
        rows.append(f"{index}.png,{labels[index]},made,shape")
    header = "file,label,kind,style"
    (tmp_path / "labels.csv").write_text("\n".join([header, *rows, *rows]))
    command = ["benchmark", "pictures", str(tmp_path), "--model", own.name, "--choose-threshold"]
    assert main([*command, "--json"]) == 0
    *_, everything, report = map(json.loads, capsys.readouterr().out.splitlines())
    point = model.operating_point
    assert report == {"operating_point": point}
    assert 0 < everything["withheld"]["share"] <= operating_point.WITHHELD
    for image in images[:20]:
        found = predict_pixels(image, model)
        assert found.unsure == (evidence(found.probabilities) < point["least"])
    assert own.result["test_accuracy"] > 0  # the rest of the result stays
    (tmp_path / "labels.csv").write_text("\n".join([header, *rows[:3]]))
    assert main(command) == 1
    assert tells(capsys.readouterr().err, "3 images", "at least 100")
    assert model.operating_point == point
