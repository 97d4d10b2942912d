"""What pages compute from a run on an own data set, of another form and number of classes."""

import numpy as np

from fmnist.analysis.corruptions import CORRUPTIONS
from fmnist.data import library
from fmnist.inference import classifier, doubt, familiarity
from fmnist.inference.embedding import Embedding
from fmnist.inference.kernels import convolution_kernels, in_colour
from fmnist.inference.prediction import in_words, predict_all
from fmnist.inference.robustness import Robustness
from fmnist.inference.weight_precision import seconds_of
from fmnist.runs import cache
from fmnist.runs.writer import RunWriter


def test_a_prediction_names_the_classes_of_the_data_set(own):
    images, labels = own.dataset.load("test")
    model = classifier.load_quietly(own.path)
    found = list(predict_all(images, model))
    assert np.mean([each.index == label for each, label in zip(found, labels, strict=True)]) > 0.9
    assert {each.label for each in found} == set(own.dataset.class_names)
    assert any(name in in_words(found[0]) for name in own.dataset.class_names)
    assert 0 < seconds_of(model) < 60


def test_an_image_unlike_the_data_sets_own_is_not_called_sure(own):
    model = classifier.load_quietly(own.path)
    own_images, _ = own.dataset.load("test")
    assert familiarity.are_familiar(own_images, model).mean() > 0.9
    strange = np.zeros((40, 48, 48, 3), np.uint8)
    strange[:, ::2] = 255
    assert familiarity.are_familiar(strange, model).mean() < 0.1


def test_with_few_images_all_of_them_are_embedded_and_corrupted(own):
    embedding, robustness = Embedding(own), Robustness(own, "rotation")
    for work in (embedding, robustness):
        work.start()
        work.wait()
        assert work.complete
        assert work.progress == 1
    assert (len(embedding.points.train), len(embedding.points.test)) == (240, 60)
    images, _ = own.dataset.load("train")
    nearest, _ = embedding.points.nearest(images[7], classifier.load_quietly(own.path), 5)
    assert nearest[0] == 7
    for strength in CORRUPTIONS["rotation"].strengths:
        assert robustness.predicted[strength].shape == (60,)
        assert robustness.predicted[strength].max() < 3


def test_what_is_kept_is_shown_after_the_data_set_is_gone_and_the_rest_is_one_sentence(own):
    before = Embedding(own)
    before.start()
    before.wait()
    library.remove("shapes")
    after = Embedding(own)
    assert after.take_kept()
    assert np.array_equal(after.points.test, before.points.test)
    robustness = Robustness(own, "noise")
    robustness.start()
    robustness.wait()
    assert "shapes" in robustness.problem
    model = classifier.load_quietly(own.path)
    assert "shapes" in doubt.problem(model)
    assert familiarity.are_familiar(np.zeros((1, 48, 48, 3), np.uint8), model).all()
    RunWriter(own).keep_operating_point({"least": 1.0, "sure": 2.0})
    assert doubt.problem(model) is None  # with these it compares nothing


def test_what_is_kept_is_of_the_data_set_that_it_was_computed_from(own):
    place = cache.place(own, "numbers")
    assert own.dataset.digest[:8] in place.name


def test_the_kernels_of_the_first_layer_see_colour(own):
    first, *_ = convolution_kernels(own.path / "model.keras").values()
    tiles = in_colour(first)
    assert tiles.shape == (first.shape[3], *first.shape[:2], 3)
    assert tiles.dtype == np.uint8
