"""All recipes. A new one is one entry here; it is then known at the shell and in the app."""

import difflib

from .recipe import Recipe, RecipeError

DEFAULT = "everyday"  # the shipped model that answers until a person chooses another

# One cycle of a high learning rate (arXiv 1708.07120), and both mirror images asked at the end.
ONE_CYCLE = {
    "optimizer": "nesterov",
    "learning_rate": 0.1,
    "schedule": "one-cycle",
    "weight_decay": 1e-3,
    "validation_split": 0.05,
    "flip_tta": True,
}
# What keeps a residual network from learning pictures by heart, and makes it quick to answer.
RESIDUAL = ONE_CYCLE | {
    "label_smoothing": 0.1,
    "augmentation": ("flip", "shift", "erase"),
    "calibrate": True,
    "quantize": True,
}
GRADIENT_DESCENT = {  # as the project of `ffnn` and `cnn-3fc` trained
    "epochs": 50,
    "batch_size": 20,
    "optimizer": "sgd",
    "learning_rate": 0.01,
    "restore_best_weights": True,
}

OWN = (
    Recipe(
        name="sprint",
        architecture="sprint",
        summary="Half a minute from a click to a network that beats all the published ones here.",
        source="Made for this project, after the speed records on CIFAR-10: a lean network with "
        "normalisation, one cycle of a high learning rate, mirrored pictures.",
        epochs=5,
        augmentation=("flip",),
        **ONE_CYCLE,
    ),
    Recipe(
        name="quality",
        architecture="quality",
        summary="For good answers on the test set, if fifteen minutes do not matter.",
        source="Made for this project: trained as `sprint` is, wider and longer, and with patches "
        "of noise (random erasing).",
        epochs=34,
        augmentation=("flip", "shift", "erase"),
        quantize=True,
        **ONE_CYCLE,
    ),
    Recipe(
        name="everyday",
        architecture="everyday",
        summary="For what people draw and photograph: more than half of what it learns from is "
        "made to look like that.",
        source="Made for this project: `quality`, wider, and shown outlines, spread sleeves, "
        "pairs of shoes and unclean cuts, all made from the training pictures. What `quality` says of "
        "a picture is mixed in, as it knows pictures like the data set's better.",
        epochs=36,
        augmentation=("flip", "shift", "sketch-photo"),
        ensemble_member="quality",
        ensemble_weight=0.2,
        calibrate=True,
        quantize=True,
        **ONE_CYCLE,
    ),
    Recipe(
        name="flagship",
        architecture="wide-resnet",
        summary="For a machine with a GPU, which it has not met yet: two cores would need two days.",
        source="Wide residual network (arXiv 1605.07146) with patches of noise (arXiv 1708.04896), "
        "parts of other pictures (FMix, arXiv 2002.12047), label smoothing and averaged weights "
        "(arXiv 1803.05407).",
        epochs=200,
        mix="fmix",
        ema_momentum=0.999,  # over some two epochs
        # The paper's 5e-4 is part of the gradient, which momentum multiplies by ten.
        **RESIDUAL | {"weight_decay": 5e-3},
    ),
    Recipe(
        name="compact",
        architecture="compact",
        summary="For very good answers on the test set, if an hour does not matter.",
        source="Made for this project: residual blocks (arXiv 1512.03385), patches of noise "
        "(arXiv 1708.04896), one cycle of a high learning rate, mirrored pictures.",
        epochs=40,
        **RESIDUAL,
    ),
    Recipe(
        name="marathon",
        architecture="compact",
        summary="For the best answers on the test set, if two hours do not matter: `compact`, twice as "
        "long, with pictures that are mixed of two.",
        source="Made for this project: `flagship` at the size that two cores can train. Parts of other "
        "pictures (FMix, arXiv 2002.12047) make it harder to learn them by heart; the rest is as in "
        "`compact`.",
        epochs=90,
        mix="fmix",
        **RESIDUAL,
    ),
    Recipe(
        name="student",
        architecture="compact",
        summary="`marathon`, trained on with teachers: of each picture it learns what two trained "
        "models say, more than its label.",
        source="Made for this project: distillation (arXiv 1503.02531) from teachers that see the very "
        "picture that the student sees (arXiv 2106.05237). It starts with the weights of `marathon` and "
        "learns, at a lower rate, from pictures that are neither mixed nor moved, like those that it "
        "will be asked about (arXiv 1909.09148).",
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
        reported_accuracy=0.91,
        epochs=50,
        batch_size=32,
    ),
    Recipe(
        name="augmented-cnn",
        architecture="augmented-cnn",
        summary="Four convolutions, shown turned, zoomed, shifted and flipped pictures: even "
        "upside down.",
        source="A published notebook: over 80 % on the test set after 3 epochs; 'over 95 %' after "
        "30 does not say on which pictures. Its text names Adam, its code RMSprop with a rate that "
        "falls on plateaus, as here.",
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
        reported_accuracy=0.9166,
        **GRADIENT_DESCENT,
    ),
    Recipe(
        name="ffnn",
        architecture="ffnn",
        summary="Three dense layers, carefully initialised, by plain gradient descent.",
        source="The network without convolutions of the project of `cnn-3fc`. Batches of 20 are our choice, and "
        "so are inputs from -1 to 1, by validation.",
        reported_accuracy=0.8956,
        **GRADIENT_DESCENT,
    ),
    Recipe(
        name="kernels-32",
        architecture="kernels-32",
        summary="One convolution of 32 kernels: how far feature detectors alone go.",
        source="A published study of kernels. Only the layers' order is published; 3x3 kernels, "
        "100 hidden neurons and the number of epochs are our choice, by validation and by the "
        "published accuracy on the training pictures, 95.85 %.",
        reported_accuracy=0.912,
        epochs=15,
        validation_split=0.1,
        restore_best_weights=True,
    ),
    Recipe(
        name="kernels-64",
        architecture="kernels-64",
        summary="Twice the kernels of `kernels-32`, to see what more of them give.",
        source="The study of `kernels-32`; 96.41 % on the training pictures.",
        reported_accuracy=0.915,
        epochs=15,
        validation_split=0.1,
        restore_best_weights=True,
    ),
    Recipe(
        name="kernels-64-dropout",
        architecture="kernels-64-dropout",
        summary="`kernels-64` with dropout, to see it memorise less.",
        source="The study of `kernels-32`; 94.42 % on the training pictures. Dropout of a half after the pooling "
        "and after the hidden layer is our choice, by validation.",
        reported_accuracy=0.918,
        epochs=40,
        validation_split=0.1,
        restore_best_weights=True,
    ),
    Recipe(
        name="two-conv",
        architecture="two-conv",
        summary="Two convolutions: about the least that sees shapes well.",
        source="A published notebook that sets a convolutional network beside a dense one. "
        "Its sizes are not published; 32 and 64 kernels of 5x5 are our choice, by validation.",
        reported_accuracy=0.91,
        epochs=15,
        validation_split=0.1,
        restore_best_weights=True,
    ),
    Recipe(
        name="mlp-256",
        architecture="mlp-256",
        summary="The classic first network: one hidden layer, no idea of what is beside what.",
        source="A published notebook that sets a convolutional network beside this one.",
        reported_accuracy=0.88,
        epochs=30,
        validation_split=0.1,
        restore_best_weights=True,
    ),
)

TINY = Recipe(
    name="tiny",
    architecture="tiny",
    summary="A toy that trains in two seconds on a tenth of the pictures: to see how "
    "everything works.",
    source="Made for this project.",
    epochs=3,
    batch_size=64,
    learning_rate=0.003,
    training_images=6_000,
)

RECIPES = {recipe.name: recipe for recipe in (*OWN, *PUBLISHED, TINY)}


def find(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        RecipeError: there is none; the message names the nearest ones.
    """
    if name in RECIPES:
        return RECIPES[name]
    near = difflib.get_close_matches(name, RECIPES, n=3, cutoff=0.4) or list(RECIPES)
    raise RecipeError(f"There is no recipe {name!r}; did you mean {' or '.join(near)}?")
