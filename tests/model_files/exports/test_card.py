"""A run's model card: from what is stored, without TensorFlow."""

import json
import shutil

import pytest
import yaml

from fmnist.analysis import metrics
from fmnist.data import fashion_mnist
from fmnist.model_files.exports import card
from fmnist.recipes.recipe import IMPORTED
from fmnist.runs import listing

from ...conftest import python


def rows(text: str, head: str) -> list[list[str]]:
    """The cells of the table that begins with that head."""
    lines = text[text.index(f"| {head} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def front_matter(text: str) -> dict:
    _, found, _ = text.split("---\n", 2)
    return yaml.safe_load(found)


@pytest.mark.parametrize("name", ["student", "everyday", "mlp-256"])
def test_its_figures_are_those_of_the_run(name):
    run = listing.find(name)
    text = card.card(run)
    probabilities, predicted = run.predictions()
    labels = fashion_mnist.load("test")[1]
    low, high = metrics.accuracy_interval(run.figures["test_accuracy"], len(labels))
    assert f"{run.figures['test_accuracy']:.2%} ({low:.2%} to {high:.2%})" in text
    assert f"{100 * metrics.calibration_error(probabilities, labels):.1f} percentage points" in text
    by_class = {row[0]: row[1] for row in rows(text, "Class | Recall | Precision | F1")}
    right = (predicted == labels)[labels == 6].mean()
    assert by_class["Shirt"] == f"{right:.1%}"
    labelled, taken, count = rows(text, "Labelled | Predicted | Images")[0]
    places = [fashion_mnist.DATASET.class_names.index(word) for word in (labelled, taken)]
    both = (labels == places[0]) & (predicted == places[1])
    assert int(count) == both.sum()
    for told in ("MIT licence", run.recipe.optimizer, f"{run.figures['parameters']:,}"):
        assert told in text


def test_its_front_matter_is_what_hugging_face_reads():
    found = front_matter(card.card(listing.find("sprint")))
    assert found["library_name"] == "keras"
    assert found["datasets"] == ["zalando-datasets/fashion_mnist"]
    (result,) = found["model-index"][0]["results"]
    assert result["task"]["type"] == "image-classification"
    assert result["metrics"][0]["value"] == 0.9287
    assert "license" not in found  # which nobody but its owner can choose


def test_robustness_is_told_where_it_was_measured():
    measured, not_measured = (card.card(listing.find(name)) for name in ("quality", "mlp-256"))
    assert "#### Corrupted images" in measured
    assert "noise (grey levels of 255)" in measured
    assert "#### Corrupted images" not in not_measured


def test_a_data_set_of_ones_own_is_its_owners(own):
    text = card.card(own)
    assert front_matter(text).get("datasets") is None
    assert "ask whoever made it" in text
    assert "zalando" not in text.lower()
    assert "أخضر" in text
    assert "#### By class" in text


def test_a_class_name_breaks_no_table(run_with):
    run = run_with()
    described = json.loads((run.path / "run.json").read_text())
    described["data"]["class_names"][6] = "Shirt | *new*\n# one"
    (run.path / "run.json").write_text(json.dumps(described))
    found = [row for row in rows(card.card(run), "Labelled | Predicted | Images") if len(row) != 3]
    assert [len(row) for row in found] == [4] * len(found)  # the escaped sign is no end of a cell
    assert "\n# one" not in card.card(run)


def test_of_a_model_file_it_says_what_is_not_known(run_with):
    run = run_with(architecture=IMPORTED, name=IMPORTED, summary=None)
    described = json.loads((run.path / "run.json").read_text())
    described["imported"] = {"file": "a.keras", "preprocessing": "0-1", "about": "Found."}
    (run.path / "run.json").write_text(json.dumps(described))
    text = card.card(run)
    assert "on unknown images" in text
    assert "Not known: the model came in a file." in text


def test_without_test_images_it_says_so(own):
    shutil.rmtree(own.path.parent / ".datasets")
    assert "not here any more" in card.card(own)


def test_neither_card_nor_script_nor_notebook_loads_a_network_library():
    python("""
import sys
from fmnist.model_files.exports import card, notebook, script
from fmnist.runs import listing
run = listing.find("everyday")
assert card.card(run) and script.source(run) and notebook.notebook(run)
assert not {"keras", "tensorflow", "jax"} & set(sys.modules)
""")
