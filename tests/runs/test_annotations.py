"""What people say of labels: nothing is lost, the last word counts."""

import dataclasses
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fmnist.data.fashion_mnist import DATASET
from fmnist.runs import annotations
from fmnist.runs.annotations import MarkError

from ..conftest import in_one_sentence, python


def test_nothing_is_marked_at_first():
    assert annotations.read(DATASET) == {}


def test_the_last_mark_of_an_image_counts_and_can_be_taken_back():
    annotations.put(DATASET, 7, "wrong")
    annotations.put(DATASET, 3, "ambiguous")
    annotations.put(DATASET, 7, "right")
    assert annotations.read(DATASET) == {3: "ambiguous", 7: "right"}
    annotations.put(DATASET, 3, None)
    assert annotations.read(DATASET) == {7: "right"}


@pytest.mark.parametrize(("image", "mark"), [(-1, "wrong"), (10_000, "wrong"), (5, "silly")])
def test_what_is_no_mark_is_one_sentence_and_not_written(image, mark):
    with pytest.raises(MarkError) as error:
        annotations.put(DATASET, image, mark)
    assert in_one_sentence(str(error.value))
    assert annotations.read(DATASET) == {}


def test_lines_that_say_nothing_are_passed_over():
    annotations.put(DATASET, 1, "right")
    with open(annotations.place(), "a") as file:
        file.write('null\n{"image": 1e9, "mark": "wrong"}\n{"image": true, "mark": "wrong"}\n{"ima')
    annotations.put(DATASET, 2, "wrong")  # after a torn line, on a line of its own
    assert annotations.read(DATASET) == {1: "right", 2: "wrong"}


def test_many_at_the_same_moment_lose_nothing():
    with ThreadPoolExecutor(16) as people:
        list(people.map(lambda image: annotations.put(DATASET, image, "wrong"), range(80)))
    assert annotations.read(DATASET) == dict.fromkeys(range(80), "wrong")


def test_two_programs_at_the_same_moment_lose_nothing(home):
    code = """
import sys
from fmnist.data.fashion_mnist import DATASET
from fmnist.runs import annotations
for image in range(int(sys.argv[1]), int(sys.argv[1]) + 40):
    annotations.put(DATASET, image, "wrong")
"""
    with ThreadPoolExecutor(2) as programs:
        list(programs.map(lambda first: python(code, str(first)), (0, 40)))
    assert sorted(annotations.read(DATASET)) == list(range(80))


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in the place of the file")
def test_a_file_that_cannot_be_written_is_one_sentence(home):
    annotations.place().mkdir(parents=True)
    with pytest.raises(MarkError) as error:
        annotations.put(DATASET, 1, "wrong")
    assert in_one_sentence(str(error.value))
    with pytest.raises(MarkError):
        annotations.read(DATASET)


def test_a_mark_that_another_person_overwrites_leaves_a_trace():
    annotations.put(DATASET, 4, "wrong", "ann")
    annotations.put(DATASET, 4, "right", "bob")
    annotations.put(DATASET, 4, "ambiguous", "cem")
    annotations.put(DATASET, 4, "right", "cem")
    annotations.put(DATASET, 9, "wrong", "ann")
    said = annotations.read_all(DATASET)
    assert [(each["mark"], each["by"]) for each in said[:2]] == [("wrong", "ann"), ("right", "bob")]
    assert annotations.read(DATASET) == {4: "right", 9: "wrong"}
    assert annotations.by_others(said, "ann") == {4: {"right": 2}}
    assert annotations.by_others(said, "bob") == {4: {"wrong": 1, "right": 1}, 9: {"wrong": 1}}
    annotations.put(DATASET, 4, None, "ann")
    assert annotations.by_others(annotations.read_all(DATASET), "bob") == {
        4: {"right": 1},
        9: {"wrong": 1},
    }


def test_the_table_names_image_label_mark_its_author_and_what_others_said():
    for mark, by in (("right", "ann"), ("ambiguous", "bob"), ("wrong", "cem")):
        annotations.put(DATASET, 4, mark, by)
    table = annotations.to_csv(
        annotations.read_all(DATASET), np.full(10_000, 6, np.uint8), DATASET.class_names
    )
    assert table == 'image,label,mark,author,others\n4,Shirt,wrong,cem,"right 1, ambiguous 1"\n'


@pytest.mark.parametrize(
    "line", ["{}", '{"image": 3, "mark": "wrong", "by": 5}', "[" * 10**5, "NaN"]
)
def test_a_damaged_line_hides_no_other(line):
    annotations.put(DATASET, 1, "right", "ann")
    with open(annotations.place(), "a") as file:
        file.write(line + "\n")
    assert annotations.read(DATASET) == {1: "right"}


def test_what_is_marked_wrong_can_have_a_right_label_which_the_last_mark_gives(home):
    annotations.put(DATASET, 4, "wrong", label="Coat")
    annotations.put(DATASET, 5, "wrong", label="Coat")
    annotations.put(DATASET, 5, "wrong", label="Dress")
    annotations.put(DATASET, 6, "wrong")
    annotations.put(DATASET, 7, "wrong", label="Bag")
    annotations.put(DATASET, 7, "right")
    annotations.put(DATASET, 59_999, "wrong", label="Bag", split="train")
    assert annotations.corrections(DATASET) == {"train": {59_999: 8}, "test": {4: 4, 5: 3}}
    assert annotations.read(DATASET) == {4: "wrong", 5: "wrong", 6: "wrong", 7: "right"}
    with pytest.raises(MarkError, match="Hat"):
        annotations.put(DATASET, 4, "wrong", label="Hat")


def test_marks_of_other_data_sets_do_not_count(home):
    other = dataclasses.replace(DATASET, name="other", test_images=5)
    annotations.put(other, 4, "wrong")
    annotations.put(DATASET, 4, "right")
    assert annotations.read(other) == {4: "wrong"}
    assert annotations.read(DATASET) == {4: "right"}
    with pytest.raises(MarkError, match="4"):
        annotations.put(other, 5, "wrong")
