"""Trains a model further on what people have collected."""

from fmnist.data.collection import Collection
from fmnist.preprocessing import collected
from fmnist.recipes import settings
from fmnist.runs.run import Run

from . import launcher


def on_collection(run: Run, collection: Collection) -> Run:
    """Start a run that begins with the weights of another and learns a collection's items.

    Its result has the accuracy of both runs on the items held out and on the test set, as `before` and `after`.

    Raises:
        CollectionError: the collection has too few items.
        DatasetError: the data set of them cannot be kept.
        RecipeError, RunError: as `launcher.start`.
    """
    dataset = collected.to_dataset(collection)
    recipe = settings.on_few(run.recipe, run.name, dataset.name, dataset.training_images)
    return launcher.start(recipe)
