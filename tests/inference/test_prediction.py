"""One function predicts for page and command line: several items, a photo on its side, how sure."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.data.image_files import ImageFileError
from fmnist.inference import classifier
from fmnist.inference.familiarity import are_familiar
from fmnist.inference.prediction import in_words, predict, predict_pixels
from fmnist.machine import folders
from fmnist.preprocessing.examples import examples
from fmnist.recipes import registry


@pytest.fixture(scope="module")
def everyday() -> classifier.Classifier:
    return classifier.load_quietly(folders.SHIPPED / registry.DEFAULT)


def png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def beside(*indices: int) -> bytes:
    """A photo of test images as items, side by side on a plain floor."""
    floor = np.full((300, 40 + 300 * len(indices), 3), (214, 205, 190), np.float32)
    for place, index in enumerate(indices):
        pixels = Image.fromarray(fashion_mnist.load("test")[0][index]).resize(
            (240, 240), Image.Resampling.BICUBIC
        )
        grey = np.asarray(pixels, np.float32)[..., None]
        item = np.array((60, 70, 110)) * np.clip(1.5 - grey / 255, 0.4, 1.5)
        part = floor[30:270, 40 + 300 * place : 280 + 300 * place]
        part[:] = np.where(grey > 25, item, part)
    noise = np.random.default_rng(0).normal(0, 2, floor.shape)
    return png(Image.fromarray((floor + noise).clip(0, 255).astype(np.uint8)))


TROUSER, DRESS, BOOT = 2, 13, 0  # test images


def test_of_two_items_in_a_photo_each_can_be_chosen(everyday, tmp_path, capsys):
    photo = beside(TROUSER, BOOT)
    each = [predict(photo, everyday, item=item) for item in (1, 2)]
    assert {found.label for found in each} == {"Trouser", "Ankle boot"}
    assert in_words(each[1]).startswith("Item 2 of 2: ")
    found = predict(photo, everyday)
    assert (found.item, found.label, found.items) == (1, each[0].label, each[0].items)
    lefts = [left for left, _, _, _ in found.items]
    assert sorted(left > 300 for left in lefts) == [False, True]
    with pytest.raises(ImageFileError, match="no item 3; expected 1 to 2"):
        predict(photo, everyday, item=3)
    (tmp_path / "two.png").write_bytes(photo)
    assert main(["predict", "--json", "--item", "2", str(tmp_path / "two.png")]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["item"], row["label"]) == (2, each[1].label)
    assert row["items"] == [list(box) for box in found.items]


def test_of_a_pair_of_shoes_both_are_predicted_or_the_one_that_is_chosen(everyday):
    pair = beside(BOOT, BOOT)
    both, second = predict(pair, everyday), predict(pair, everyday, item=2)
    assert (both.item, both.shown(), len(both.items)) == (None, both.photo, 2)
    assert (second.item, second.label) == (2, "Ankle boot")
    assert second.shown().width < 0.6 * both.shown().width
    for part, pixels in zip(both.items, both.prepared.item_pixels, strict=True):
        alone = predict(pair, everyday, box=part).prepared.pixels.astype(int)
        assert np.abs(pixels - alone).mean() < 12


def test_the_probabilities_of_an_outline_are_the_mean_of_filled_and_not(everyday):
    found = predict(png(examples()["T-shirt, drawn"]), everyday)
    ((_, lines),) = found.prepared.readings
    readings = [found.prepared.pixels, lines]
    each = everyday.probabilities(np.stack(readings))
    assert np.allclose(found.probabilities, each.mean(axis=0), atol=1e-5)
    assert not np.allclose(found.probabilities, each[0], atol=1e-4)


def test_a_model_that_learned_no_outlines_reads_only_filled_ones():
    model = classifier.load_quietly(folders.SHIPPED / "mlp-256")
    assert predict(png(examples()["T-shirt, drawn"]), model).prepared.readings == ()


def test_what_a_box_is_drawn_around_is_one_item(everyday):
    photo = beside(TROUSER, BOOT)
    box = predict(photo, everyday).items[0]
    assert predict(photo, everyday, box=box).items == ()


@pytest.mark.parametrize("name", examples())
def test_one_item_is_not_taken_for_several(name, everyday):
    found = predict(png(examples()[name]), everyday)
    assert found.items == ()
    assert not found.unsure


def test_a_dress_on_its_side_stays_unsure_but_says_which_turn_would_help(everyday):
    upright = examples()["Dress, photo"]
    for degrees, said in ((90, "90° clockwise"), (270, "90° counter-clockwise")):
        lying = png(upright.rotate(degrees, expand=True))
        found = predict(lying, everyday)
        if found.unsure:
            assert f"Turned by {said} it would be Dress" in found.reason
        turned = predict(lying, everyday, turns=4 - degrees // 90)
        assert turned.label == "Dress"
        assert turned.turned == 4 - degrees // 90
        assert turned.photo.size == upright.size


@pytest.mark.parametrize("name", ["everyday", "mlp-256"])
def test_most_test_images_are_familiar_and_noise_is_not(name):
    model = classifier.load_quietly(folders.SHIPPED / name)
    assert are_familiar(fashion_mnist.load("test")[0][:300], model).mean() > 0.95
    noise = np.random.default_rng(0).integers(0, 256, (50, 28, 28), np.uint8)
    assert are_familiar(noise, model).mean() < 0.05


class Confident:
    """Predicts a bag, whatever it sees, and has no embedding."""

    dataset = fashion_mnist.DATASET
    operating_point = None
    knows_outlines = False

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        return np.repeat(np.eye(10, dtype=np.float32)[8:9], len(images), axis=0)


def test_no_model_is_called_sure_of_what_is_unlike_all_that_it_learned_from():
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    bag = fashion_mnist.load("test")[0][18]
    assert in_words(predict_pixels(bag, Confident())) == "I am sure: Bag (100%)."
    assert in_words(predict_pixels(noise, Confident())).startswith("Probably Bag (100%)")
