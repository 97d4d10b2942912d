"""What a user may change of a recipe: each hyperparameter with its type, default and description.

A new one is one entry here, and where it is carried out: its check, its option on the command line, its row in the
form and in the summary follow.
"""

import dataclasses
from typing import Annotated

from fmnist.augmentation.augment import AUGMENTATIONS, MIXES
from fmnist.data import fashion_mnist
from fmnist.networks import layer_list

from .fields import Field

PRECISIONS = ("auto", "float32")
LARGEST_BATCH = 65_536

# The groups that settings come in, in this order.
BASICS, NETWORK, OPTIMISATION = "Basics", "Network", "Optimisation"
DATA, OTHERS, FINISH = "Training data", "Other models", "Finished model"
GROUPS = (BASICS, NETWORK, OPTIMISATION, DATA, OTHERS, FINISH)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """How a network is trained, and what is made of it."""

    epochs: Annotated[
        int, Field("Epochs", "Passes over the training images.", BASICS, ge=1, le=10_000)
    ] = 10
    learning_rate: Annotated[
        float,
        Field("Learning rate", "The highest of the schedule.", BASICS, gt=0, live=True),
    ] = 0.001
    batch_size: Annotated[
        int, Field("Batch size", "Images a step.", BASICS, "images", ge=1, le=LARGEST_BATCH)
    ] = 128
    seed: Annotated[
        int, Field("Seed", "Of all that is random in a training.", BASICS, ge=0, le=2**31 - 1)
    ] = 0

    layers: Annotated[
        tuple[str, ...],
        Field(
            "Layers",
            "Of the recipe own-layers, from the first to the last but one: a dense layer with softmax ends each network.",
            NETWORK,
            notation=layer_list.NOTATION,
            standard=layer_list.standard,
        ),
    ] = ()

    optimizer: Annotated[
        str,
        Field(
            "Optimizer",
            "How gradients change the weights.",
            OPTIMISATION,
            choices=("adam", "rmsprop", "sgd", "nesterov"),
        ),
    ] = "adam"
    schedule: Annotated[
        str,
        Field(
            "Schedule",
            "How the learning rate changes: one-cycle rises and then falls to 0; reduce-on-plateau falls when the "
            "validation loss stops improving.",
            OPTIMISATION,
            choices=("constant", "one-cycle", "reduce-on-plateau"),
        ),
    ] = "constant"
    weight_decay: Annotated[
        float,
        Field(
            "Weight decay",
            "Fraction of each kernel that a step removes, times the learning rate.",
            OPTIMISATION,
            ge=0,
            step=0.001,
        ),
    ] = 0.0
    label_smoothing: Annotated[
        float,
        Field(
            "Label smoothing",
            "Fraction of the target that is spread evenly over all classes.",
            OPTIMISATION,
            "of the target",
            ge=0,
            lt=1,
            step=0.05,
        ),
    ] = 0.0
    ema_momentum: Annotated[
        float,
        Field(
            "Weight averaging",
            "Momentum of an exponential moving average of the weights, which is used for predictions (0.999 is "
            "usual; 0: no average).",
            OPTIMISATION,
            ge=0,
            lt=1,
            step=0.001,
        ),
    ] = 0.0
    precision: Annotated[
        str,
        Field(
            "Precision",
            "auto: bfloat16 where the processor has it, as accurate and up to twice as fast.",
            OPTIMISATION,
            choices=PRECISIONS,
        ),
    ] = "auto"

    data: Annotated[
        str,
        Field("Data set", "The labelled images to learn from.", DATA, datasets=True),
    ] = fashion_mnist.DATASET.name
    augmentation: Annotated[
        tuple[str, ...],
        Field(
            "Augmentation",
            "Random changes to each training image, new ones in each epoch.",
            DATA,
            choices=tuple(AUGMENTATIONS),
            live=True,
        ),
    ] = ()
    mix: Annotated[
        str | None,
        Field(
            "Mix",
            "Mixed-sample augmentation: about half of the images are mixed with part of another image; the target is "
            "mixed in the same proportion (CutMix, FMix).",
            DATA,
            choices=tuple(MIXES),
            live=True,
        ),
    ] = None
    validation_split: Annotated[
        float,
        Field(
            "Validation split",
            "Fraction of the training images that is held out to measure progress.",
            DATA,
            "of the training images",
            ge=0,
            le=0.9,
            step=0.05,
        ),
    ] = 0.2
    training_images: Annotated[
        int | None,
        Field(
            "Training images",
            "How many to use, from the first on.",
            DATA,
            "images",
            ge=100,
            step=1000,
            none="all",
        ),
    ] = None
    resplit_epochs: Annotated[
        tuple[int, ...],
        Field(
            "Re-split epochs",
            "Epochs of further trainings, each from new weights on a new split. Dropped when you change the epochs, "
            "pretrained weights or teachers, or train without validation.",
            DATA,
            ge=1,
            le=10_000,
        ),
    ] = ()

    teachers: Annotated[
        tuple[str, ...],
        Field(
            "Teachers",
            "Trained runs whose mean prediction for each image is learned beside its label (knowledge distillation). "
            "Their predictions take time.",
            OTHERS,
            runs="any",
        ),
    ] = ()
    distillation_weight: Annotated[
        float,
        Field(
            "Distillation weight",
            "How much of the target the teachers' mean prediction makes up.",
            OTHERS,
            "of the target",
            gt=0,
            le=1,
            needs="teachers",
            step=0.05,
        ),
    ] = 0.7
    pretrained: Annotated[
        str | None,
        Field(
            "Pretrained weights",
            "Start with the weights of a trained run of the same architecture instead of random ones (fine-tuning); "
            "use a lower learning rate then.",
            OTHERS,
            runs="alike",
        ),
    ] = None
    pretrained_share: Annotated[
        float,
        Field(
            "Weight interpolation",
            "How much of the finished weights the pretrained ones make up: what was learned before is kept, and most "
            "of what is new as well (WiSE-FT, arXiv 2109.01903).",
            OTHERS,
            "pretrained",
            ge=0,
            lt=1,
            needs="pretrained",
            step=0.1,
        ),
    ] = 0.0
    replay: Annotated[
        float,
        Field(
            "Replay",
            "Fraction of each epoch's images that come from the data set of the pretrained weights, so that what was "
            "learned from it is not forgotten.",
            OTHERS,
            "of the images",
            ge=0,
            le=0.99,
            needs="pretrained",
            step=0.1,
        ),
    ] = 0.0
    frozen_layers: Annotated[
        int,
        Field(
            "Frozen layers",
            "How many convolutions and dense layers, from the first on, keep their pretrained weights.",
            OTHERS,
            "layers",
            ge=0,
            needs="pretrained",
        ),
    ] = 0
    ensemble_member: Annotated[
        str | None,
        Field(
            "Ensemble member",
            "A trained run whose prediction is averaged with that of the trained network.",
            OTHERS,
            runs="any",
        ),
    ] = None
    ensemble_weight: Annotated[
        float,
        Field(
            "Ensemble weight",
            "How much of the prediction the ensemble member makes up.",
            OTHERS,
            "of the prediction",
            gt=0,
            lt=1,
            needs="ensemble_member",
            step=0.05,
        ),
    ] = 0.3

    restore_best_weights: Annotated[
        bool,
        Field(
            "Restore best weights",
            "Keep the weights with the lowest validation loss, not the last ones.",
            FINISH,
        ),
    ] = False
    flip_tta: Annotated[
        bool,
        Field(
            "Test-time augmentation",
            "Predict with the mean over the image and its mirror image.",
            FINISH,
        ),
    ] = False
    calibrate: Annotated[
        bool,
        Field(
            "Calibration",
            "Scale the confidence to match the accuracy on the validation images (temperature scaling).",
            FINISH,
        ),
    ] = False
    quantize: Annotated[
        bool,
        Field("Quantization", "Predict with eight-bit weights, about three times as fast.", FINISH),
    ] = False
