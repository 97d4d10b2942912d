"""What people say of labels: nothing is lost, the last word counts."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fmnist import marks
from fmnist.marks import MarkError

from .conftest import in_one_sentence, python


def test_nothing_is_marked_at_first():
    assert marks.read() == {}


def test_the_last_mark_of_an_image_counts_and_can_be_taken_back():
    marks.put(7, "wrong")
    marks.put(3, "ambiguous")
    marks.put(7, "right")
    assert marks.read() == {3: "ambiguous", 7: "right"}
    marks.put(3, None)
    assert marks.read() == {7: "right"}


@pytest.mark.parametrize(("image", "mark"), [(-1, "wrong"), (10_000, "wrong"), (5, "silly")])
def test_what_is_no_mark_is_one_sentence_and_not_written(image, mark):
    with pytest.raises(MarkError) as error:
        marks.put(image, mark)
    assert in_one_sentence(str(error.value))
    assert marks.read() == {}


def test_lines_that_say_nothing_are_passed_over():
    marks.put(1, "right")
    with open(marks.place(), "a") as file:
        file.write('null\n{"image": 1e9, "mark": "wrong"}\n{"image": true, "mark": "wrong"}\n{"ima')
    marks.put(2, "wrong")  # after a torn line, on a line of its own
    assert marks.read() == {1: "right", 2: "wrong"}


def test_many_at_the_same_moment_lose_nothing():
    with ThreadPoolExecutor(16) as people:
        list(people.map(lambda image: marks.put(image, "wrong"), range(80)))
    assert marks.read() == dict.fromkeys(range(80), "wrong")


def test_two_programs_at_the_same_moment_lose_nothing(home):
    code = """
import sys
from fmnist import marks
for image in range(int(sys.argv[1]), int(sys.argv[1]) + 40):
    marks.put(image, "wrong")
"""
    with ThreadPoolExecutor(2) as programs:
        list(programs.map(lambda first: python(code, str(first)), (0, 40)))
    assert sorted(marks.read()) == list(range(80))


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in the place of the file")
def test_a_file_that_cannot_be_written_is_one_sentence(home):
    marks.place().mkdir(parents=True)
    with pytest.raises(MarkError) as error:
        marks.put(1, "wrong")
    assert in_one_sentence(str(error.value))
    with pytest.raises(MarkError):
        marks.read()


def test_a_mark_that_another_person_overwrites_leaves_a_trace():
    marks.put(4, "wrong", "ann")
    marks.put(4, "right", "bob")
    marks.put(4, "ambiguous", "cem")
    marks.put(4, "right", "cem")
    marks.put(9, "wrong", "ann")
    said = marks.read_all()
    assert [(each["mark"], each["by"]) for each in said[:2]] == [("wrong", "ann"), ("right", "bob")]
    assert marks.read() == {4: "right", 9: "wrong"}
    assert marks.by_others(said, "ann") == {4: {"right": 2}}
    assert marks.by_others(said, "bob") == {4: {"wrong": 1, "right": 1}, 9: {"wrong": 1}}
    marks.put(4, None, "ann")
    assert marks.by_others(marks.read_all(), "bob") == {4: {"right": 1}, 9: {"wrong": 1}}


def test_the_table_names_image_label_mark_its_author_and_what_others_said():
    for mark, by in (("right", "ann"), ("ambiguous", "bob"), ("wrong", "cem")):
        marks.put(4, mark, by)
    table = marks.to_csv(marks.read_all(), np.full(10_000, 6, np.uint8))
    assert table == 'image,label,mark,author,others\n4,Shirt,wrong,cem,"right 1, ambiguous 1"\n'


@pytest.mark.parametrize(
    "line", ["{}", '{"image": 3, "mark": "wrong", "by": 5}', "[" * 10**5, "NaN"]
)
def test_a_damaged_line_hides_no_other(line):
    marks.put(1, "right", "ann")
    with open(marks.place(), "a") as file:
        file.write(line + "\n")
    assert marks.read() == {1: "right"}
