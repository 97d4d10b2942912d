"""All recipes. A new one is one entry here; the command line and the app then offer it."""

import difflib
from typing import Any

from fmnist.networks.presets import PRESETS

from .fields import RecipeError
from .recipe import COMPOSED, Recipe

SHORTEST = "dash"  # that a class begins with
DEFAULT = "everyday"  # the shipped model that predicts unless another one is chosen

# One cycle of a high learning rate (arXiv 1708.07120), and test-time augmentation.
ONE_CYCLE: dict[str, Any] = {
    "optimizer": "nesterov",
    "learning_rate": 0.1,
    "schedule": "one-cycle",
    "weight_decay": 1e-3,
    "validation_split": 0.05,
    "flip_tta": True,
}
# What keeps a residual network from memorising images, and makes its predictions fast.
RESIDUAL = ONE_CYCLE | {
    "label_smoothing": 0.1,
    "augmentation": ("flip", "shift", "erase"),
    "calibrate": True,
    "quantize": True,
}
GRADIENT_DESCENT: dict[str, Any] = {  # as the project of `ffnn` and `cnn-3fc` trained
    "epochs": 50,
    "batch_size": 20,
    "optimizer": "sgd",
    "learning_rate": 0.01,
    "restore_best_weights": True,
}

# Where reported figures come from.
RASIAQ = "https://github.com/rasiaq/fashion_mnist"
DARVISH = "https://github.com/mahdi-darvish/Convolutional-Neural-Network-on-Fashion-MNIST"
YASHWANTH = "https://github.com/NvsYashwanth/Fashion-MNIST-Image-Classification"
GRIFFSKODE = "https://griffskode.github.io/fashion-mnistIMGclass.html"
KERNELS = "The figure is from a project's README whose address is no longer known."

OWN = (
    Recipe(
        name="sprint",
        architecture="sprint",
        summary="Half a minute from a click to a network that is more accurate than all ten reported ones.",
        source="Made for this project, after the speed records on CIFAR-10 (arXiv 2404.00498): a lean network "
        "with normalisation and a first layer that need not be learned, one cycle of a high learning rate, "
        "horizontal flips.",
        epochs=4,
        augmentation=("flip",),
        **ONE_CYCLE | {"learning_rate": 0.2},
    ),
    Recipe(
        name="feather",
        architecture="feather",
        summary="As accurate as networks with a hundred times as many weights: how far 7,042 go.",
        source="Made for this project: `sprint`, smaller and trained longer.",
        epochs=20,
        augmentation=("flip",),
        **ONE_CYCLE | {"learning_rate": 0.2},
    ),
    Recipe(
        name="mile",
        architecture="mile",
        summary="High accuracy on any laptop, in ten minutes, with fewer than 100,000 weights.",
        source="Made for this project: `sprint`, wider and trained longer, with patches of noise (random erasing, "
        "arXiv 1708.04896) and label smoothing (arXiv 1512.00567) against memorising.",
        epochs=40,
        augmentation=("flip", "erase"),
        label_smoothing=0.1,
        calibrate=True,
        **ONE_CYCLE | {"learning_rate": 0.2},
    ),
    Recipe(
        name="quality",
        architecture="quality",
        summary="High accuracy on the test set in fifteen minutes.",
        source="Made for this project: trained as `sprint` is, wider and longer, and with patches "
        "of noise (random erasing).",
        epochs=34,
        augmentation=("flip", "shift", "erase"),
        quantize=True,
        **ONE_CYCLE,
    ),
    Recipe(
        name="ensemble",
        architecture="ensemble",
        summary="For drawings and photos: more than half of its training images are made to look like them.",
        source="Made for this project: `quality`, wider, and trained on outlines, spread sleeves, "
        "pairs of shoes and imperfect cut-outs, all made from the training images, and on garments drawn by "
        "code. It is an ensemble with `compact`, which is more accurate on images like the data set's.",
        epochs=36,
        augmentation=("flip", "shift", "sketch-photo"),
        ensemble_member="compact",
        ensemble_weight=0.3,
        calibrate=True,
        quantize=True,
        **ONE_CYCLE,
    ),
    Recipe(
        name="everyday",
        architecture="everyday",
        summary="For drawings and photos, and fast: it has learned to answer as `ensemble` does.",
        source="Made for this project: distillation (arXiv 1503.02531) from a teacher that sees the same "
        "augmented image as the student (arXiv 2106.05237). One network, seeing an image once, takes the place of "
        "two that see it twice.",
        epochs=38,
        batch_size=125,
        augmentation=("flip", "shift", "sketch-photo"),
        teachers=("ensemble",),
        calibrate=True,
        quantize=True,
        **ONE_CYCLE | {"flip_tta": False},
    ),
    Recipe(
        name="flagship",
        architecture="wide-resnet",
        summary="The highest accuracy on the test set: a wide residual network that a GPU trains in nine minutes. Two cores "
        "would need days.",
        source="Wide residual network (arXiv 1605.07146) with patches of noise (arXiv 1708.04896), "
        "mixed-sample augmentation (FMix, arXiv 2002.12047), label smoothing and averaged weights "
        "(arXiv 1803.05407).",
        caveat="needs a GPU",
        epochs=138,
        mix="fmix",
        batch_size=250,
        ema_momentum=0.998,  # over some two epochs
        # The paper's 5e-4 is part of the gradient, which momentum multiplies by ten.
        **RESIDUAL | {"learning_rate": 0.2, "weight_decay": 5e-3},
    ),
    Recipe(
        name="compact",
        architecture="compact",
        summary="Very high accuracy on the test set in an hour.",
        source="Made for this project: residual blocks (arXiv 1512.03385), patches of noise "
        "(arXiv 1708.04896), one cycle of a high learning rate, horizontal flips.",
        epochs=40,
        **RESIDUAL,
    ),
    Recipe(
        name="marathon",
        architecture="compact",
        summary="The highest accuracy that two cores reach, in two hours: `compact`, trained twice as long, with "
        "mixed-sample augmentation.",
        source="Made for this project: `flagship` at a size that two cores can train. Mixed-sample "
        "augmentation (FMix, arXiv 2002.12047) makes images harder to memorise; the rest is as in "
        "`compact`.",
        epochs=90,
        mix="fmix",
        **RESIDUAL,
    ),
    Recipe(
        name="student",
        architecture="compact",
        summary="`marathon`, trained further with teachers: it learns the predictions of two trained models "
        "more than the labels.",
        source="Made for this project: distillation (arXiv 1503.02531) from teachers that see the same "
        "augmented image as the student (arXiv 2106.05237). It starts with the weights of `marathon` and "
        "learns, at a lower rate, from images that are neither mixed nor shifted, like those that it "
        "will classify (arXiv 1909.09148).",
        epochs=16,
        teachers=("marathon", "quality"),
        pretrained="marathon",
        **RESIDUAL | {"learning_rate": 0.03, "augmentation": ("flip", "erase")},
    ),
)

PUBLISHED = (
    Recipe(
        name="dropout-cnn",
        architecture="dropout-cnn",
        summary="A convolutional network that dropout keeps from memorising: slow to train, "
        "hard to overfit.",
        source="A published project that tuned its network against overfitting. It re-splits "
        "the training set four times, each split taken from what the last one left for "
        "training, and keeps the model with the lowest validation loss.",
        link=RASIAQ,
        reported_accuracy=0.9133,
        epochs=50,
        resplit_epochs=(10, 10, 10),
        restore_best_weights=True,
    ),
    Recipe(
        name="deep-cnn",
        architecture="deep-cnn",
        summary="What `dropout-cnn` was before it was tuned: it overfits after a few epochs.",
        source="The first version of the network of `dropout-cnn`, from the same published project, "
        "trained to the end of its 50 epochs.",
        link=RASIAQ,
        reported_accuracy=0.91,
        epochs=50,
        batch_size=32,
    ),
    Recipe(
        name="augmented-cnn",
        architecture="augmented-cnn",
        summary="Four convolutions, trained on rotated, zoomed, shifted and flipped images, even "
        "upside down.",
        source="A published notebook: over 80 % on the test set after 3 epochs; 'over 95 %' after "
        "30, without saying on which images. Its text names Adam, its code RMSprop with a rate that "
        "falls on plateaus, as here.",
        link=DARVISH,
        reported_accuracy=0.8,
        reported_epochs=3,
        epochs=30,
        batch_size=86,
        optimizer="rmsprop",
        schedule="reduce-on-plateau",
        validation_split=0.1,
        augmentation=("flip", "flip-vertical", "affine"),
    ),
    Recipe(
        name="cnn-3fc",
        architecture="cnn-3fc",
        summary="Two small convolutions before three dense layers that hold nearly all weights.",
        source="A published project that trained with plain gradient descent. Batches of 20 are our "
        "choice, and so are inputs from -1 to 1, which validated better on `ffnn`.",
        link=YASHWANTH,
        reported_accuracy=0.9166,
        **GRADIENT_DESCENT,
    ),
    Recipe(
        name="ffnn",
        architecture="ffnn",
        summary="Three dense layers, carefully initialised, trained with plain gradient descent.",
        source="The network without convolutions of the project of `cnn-3fc`. Batches of 20 are our "
        "choice, and so are inputs from -1 to 1, by validation.",
        link=YASHWANTH,
        reported_accuracy=0.8956,
        **GRADIENT_DESCENT,
    ),
    Recipe(
        name="kernels-32",
        architecture="kernels-32",
        summary="One convolution of 32 kernels: how far feature detectors alone go.",
        source="A published study of kernels. Only the layers' order is published; 3x3 kernels, "
        "100 hidden neurons and the number of epochs are our choice, by validation and by the "
        "reported accuracy on the training images, 95.85 %.",
        no_link=KERNELS,
        reported_accuracy=0.912,
        epochs=15,
        validation_split=0.1,
        restore_best_weights=True,
    ),
    Recipe(
        name="kernels-64",
        architecture="kernels-64",
        summary="Twice the kernels of `kernels-32`: what more of them give.",
        source="The study of `kernels-32`; 96.41 % on the training images.",
        no_link=KERNELS,
        reported_accuracy=0.915,
        epochs=15,
        validation_split=0.1,
        restore_best_weights=True,
    ),
    Recipe(
        name="kernels-64-dropout",
        architecture="kernels-64-dropout",
        summary="`kernels-64` with dropout, which makes it memorise less.",
        source="The study of `kernels-32`; 94.42 % on the training images. Dropout of a half after the "
        "pooling and after the hidden layer is our choice, by validation.",
        no_link=KERNELS,
        reported_accuracy=0.918,
        epochs=40,
        validation_split=0.1,
        restore_best_weights=True,
    ),
    Recipe(
        name="two-conv",
        architecture="two-conv",
        summary="Two convolutions: about the smallest network that recognises shapes well.",
        source="A published notebook that compares a convolutional network with a dense one. "
        "Its sizes are not published; 32 and 64 kernels of 5x5 are our choice, by validation.",
        link=GRIFFSKODE,
        reported_accuracy=0.91,
        epochs=15,
        validation_split=0.1,
        restore_best_weights=True,
    ),
    Recipe(
        name="mlp-256",
        architecture="mlp-256",
        summary="The classic first network: one hidden layer, with no notion of neighbouring pixels.",
        source="A published notebook that compares a convolutional network with this one.",
        link=GRIFFSKODE,
        reported_accuracy=0.88,
        epochs=30,
        validation_split=0.1,
        restore_best_weights=True,
    ),
)

OWN_LAYERS = Recipe(
    name="own-layers",
    architecture=COMPOSED,
    summary="Your own network, layer by layer: add, change and move layers, and see what they cost.",
    source="Made for this project: one cycle of a moderate learning rate, which suits networks with and without "
    "normalisation.",
    layers=PRESETS["sprint"],
    epochs=5,
    learning_rate=0.003,
    schedule="one-cycle",
    validation_split=0.05,
)

DASH = Recipe(
    name="dash",
    architecture="sprint",
    summary="`sprint` for a class that shares one computer: one epoch of two thirds of the images, ten seconds.",
    source="Made for this project: what reaches 90 % of the validation images in the least time.",
    epochs=1,
    training_images=40_000,
    **ONE_CYCLE | {"flip_tta": False},
)

TINY = Recipe(
    name="tiny",
    architecture="tiny",
    summary="A toy that trains in two seconds on a tenth of the images, to see how everything works.",
    source="Made for this project.",
    epochs=3,
    batch_size=64,
    learning_rate=0.003,
    training_images=6_000,
)

RECIPES = {recipe.name: recipe for recipe in (*OWN, *PUBLISHED, OWN_LAYERS, DASH, TINY)}


def find(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        RecipeError: there is none; the message names the closest ones.
    """
    if name in RECIPES:
        return RECIPES[name]
    near = difflib.get_close_matches(name, RECIPES, n=3, cutoff=0.4) or list(RECIPES)
    titles = " or ".join(RECIPES[each].title for each in near)
    raise RecipeError(f"There is no recipe {name!r}; did you mean {titles}?")
