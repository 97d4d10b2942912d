"""In one click, a model learns what people have corrected, and is measured on what was held out of it."""

import pytest
from PIL import Image, ImageDraw

from fmnist.data.collection import Collection
from fmnist.data.fashion_mnist import DATASET
from fmnist.jobs import further, launcher
from fmnist.jobs.worker import work
from fmnist.recipes import settings
from fmnist.runs.run import Run

from ..conftest import KERAS_NOISE


def collect(count: int) -> Collection:
    """Boxes of different widths, which are said to be bags."""
    collection = Collection(DATASET)
    for number in range(count):
        image = Image.new("RGBA", (100, 100), "white")
        ImageDraw.Draw(image).rectangle((10, 20, 40 + 4 * number, 80), fill="black")
        collection.add(image, "Bag", predicted="Shirt", kind="drawing")
    return collection


@pytest.mark.filterwarnings(KERAS_NOISE)
def test_a_run_begins_with_the_models_weights_and_is_measured_before_and_after(
    tiny, monkeypatch, signals
):
    started: list[Run] = []
    monkeypatch.setattr(launcher, "_start_worker", started.append)  # trained here, not beside
    run = further.on_collection(tiny, collect(10))
    assert started == [run]
    assert (run.recipe.pretrained, run.dataset.training_images) == (tiny.name, 8)
    assert work(run) is None
    result = run.figures
    assert set(result["before"]) == set(result["after"]) == {DATASET.name, run.dataset.name}
    for when in ("before", "after"):
        assert 0 <= result[when][run.dataset.name]["accuracy"] <= 1
    assert result["before"][DATASET.name]["accuracy"] == tiny.figures["test_accuracy"]
    lost = result["before"][DATASET.name]["accuracy"] - result["after"][DATASET.name]["accuracy"]
    assert lost < 0.05
    assert (
        result["after"][run.dataset.name]["accuracy"] == 1
    )  # both that were held out are boxes, too


def test_there_are_as_many_batches_whatever_the_number_of_items(tiny):
    for count in (1, 8, 40, 400):
        recipe = settings.on_few(tiny.recipe, tiny.name, "few", count)
        an_epoch = max(1, count / (1 - recipe.replay) / recipe.batch_size)
        assert recipe.epochs * an_epoch == settings.STEPS
