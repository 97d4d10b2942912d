"""A recipe: an architecture, how it is trained, and the published figure it stands for.

A recipe is the one description of a training run. A user's changes to it (fewer epochs, say)
make another `Recipe` of the same name; the run directory keeps exactly what was trained.
"""

import dataclasses
import math
import re
from typing import Any

from fmnist.augmentation.augment import AUGMENTATIONS, MIXES
from fmnist.networks.architectures import ARCHITECTURES

OPTIMIZERS = ("adam", "rmsprop", "sgd", "nesterov")
SCHEDULES = ("constant", "one-cycle", "reduce-on-plateau")
PRECISIONS = ("auto", "float32")  # "auto": bfloat16 where the processor has it
TRAINING_IMAGES = 60_000
IMPORTED = "imported"  # the architecture of a network that came in a model file: any
MOST_RESPLITS = 100
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # of a recipe or a run


class RecipeError(ValueError):
    """A recipe that does not exist or cannot be trained; the message says what would be right."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What a training run is.

    Raises:
        RecipeError: a field is outside of what can be trained, in one sentence.
    """

    name: str
    architecture: str  # a key of `architectures.ARCHITECTURES`
    summary: str = ""  # one sentence for whoever chooses
    source: str = ""  # where the recipe comes from
    reported_accuracy: float | None = None  # on the test set, a fraction
    reported_epochs: int | None = None  # so many epochs, where that is not what is trained here
    epochs: int = 10  # passes over the training pictures
    # Epochs of each further training, from new weights on a new split.
    resplit_epochs: tuple[int, ...] = ()
    batch_size: int = 128  # pictures a step
    optimizer: str = "adam"  # one of `OPTIMIZERS`
    learning_rate: float = 0.001  # the highest, where the schedule changes it
    schedule: str = "constant"  # one of `SCHEDULES`: how the learning rate goes over the epochs
    # Share of each kernel that a step takes away, times the learning rate.
    weight_decay: float = 0.0
    # Share that a step leaves of a moving average of the weights, which answers in their place; 0: none.
    ema_momentum: float = 0.0
    label_smoothing: float = 0.0  # share of the target that all classes have in common
    validation_split: float = 0.2  # of the training pictures, held out to measure progress
    augmentation: tuple[str, ...] = ()  # keys of `augment.AUGMENTATIONS`
    mix: str | None = None  # a key of `augment.MIXES`
    teachers: tuple[str, ...] = ()  # runs whose answers it learns, beside the labels
    distillation_weight: float = 0.7  # how much of the target their mean answer is
    pretrained: str | None = None  # a run whose weights it starts with, instead of random ones
    # The finished model has the weights with the lowest validation loss; the last ones if False.
    restore_best_weights: bool = False
    training_images: int = TRAINING_IMAGES  # how many of the training pictures to use
    flip_tta: bool = False  # answer with the mean over the picture and its mirror image
    ensemble_member: str | None = (
        None  # a run whose answers are mixed into those of the trained network
    )
    ensemble_weight: float = 0.3  # how much of the mixture they are
    calibrate: bool = False  # make confidence mean what it says, by validation pictures
    quantize: bool = False  # answer with eight-bit weights: about three times as fast
    precision: str = "auto"  # one of `PRECISIONS`
    seed: int = 0

    def __post_init__(self):
        for field in ("resplit_epochs", "augmentation", "teachers"):  # JSON has lists only
            object.__setattr__(self, field, tuple(getattr(self, field)))
        # "" is for `changed`, where None changes nothing.
        for field in ("mix", "ensemble_member", "pretrained"):
            object.__setattr__(self, field, getattr(self, field) or None)
        for is_right, sentence in self._rules():
            if not is_right:
                raise RecipeError(sentence)

    def _rules(self) -> list[tuple[bool, str]]:
        return [
            (
                bool(NAME.fullmatch(self.name)),
                f"A recipe's name has letters, digits, '-', '_' and '.', not {self.name[:80]!r}.",
            ),
            (
                self.reported_accuracy is None or 0 <= self.reported_accuracy <= 1,
                f"Reported accuracy must be from 0 to 1, not {self.reported_accuracy}.",
            ),
            (
                self.architecture in (*ARCHITECTURES, IMPORTED),
                f"There is no architecture {self.architecture!r}; there are "
                f"{', '.join(ARCHITECTURES)}.",
            ),
            (
                all(_is_whole(epochs, 1, 10_000) for epochs in self.splits),
                f"Epochs must be a whole number from 1 to 10,000, not {self.epochs}.",
            ),
            (
                len(self.resplit_epochs) <= MOST_RESPLITS,
                f"There can be {MOST_RESPLITS} re-splits at most, not {len(self.resplit_epochs)}.",
            ),
            (
                not (self.pretrained and self.resplit_epochs),
                "A training that starts with trained weights has no re-splits: they start with new ones.",
            ),
            (
                _is_whole(self.batch_size, 1, TRAINING_IMAGES),
                f"Batch size must be a whole number from 1 to 60,000, not {self.batch_size}.",
            ),
            (
                self.optimizer in OPTIMIZERS,
                f"There is no optimizer {self.optimizer!r}; there are {', '.join(OPTIMIZERS)}.",
            ),
            (
                0 < self.learning_rate < math.inf,
                f"Learning rate must be above 0 (0.001 is usual), not {self.learning_rate}.",
            ),
            (
                self.schedule in SCHEDULES,
                f"There is no schedule {self.schedule!r}; there are {', '.join(SCHEDULES)}.",
            ),
            (
                0 <= self.weight_decay < math.inf and 0 <= self.label_smoothing < 1,
                "Weight decay must be 0 or more, and label smoothing from 0 to below 1.",
            ),
            (
                0 <= self.ema_momentum < 1,
                "The momentum of the weights' moving average must be from 0 to below 1 (0.999 is usual), "
                f"not {self.ema_momentum}.",
            ),
            (
                self.precision in PRECISIONS,
                f"Precision must be one of {', '.join(PRECISIONS)}, not {self.precision!r}.",
            ),
            (
                0 <= self.validation_split <= 0.9,
                f"Validation split must be from 0 to 0.9, not {self.validation_split}.",
            ),
            (
                set(self.augmentation) <= set(AUGMENTATIONS),
                f"Augmentation must be any of {', '.join(AUGMENTATIONS)}, "
                f"not {', '.join(map(str, self.augmentation))}.",
            ),
            (
                self.mix in (None, *MIXES),
                f"Mix must be {', '.join(MIXES)} or none, not {self.mix!r}.",
            ),
            (
                all(isinstance(name, str) for name in self.others),
                "Teachers, starting weights and ensemble member must be names of runs.",
            ),
            (
                0 < self.ensemble_weight < 1,
                f"Ensemble weight must be between 0 and 1, not {self.ensemble_weight}.",
            ),
            (
                0 < self.distillation_weight <= 1,
                f"Distillation weight must be above 0 and at most 1, not {self.distillation_weight}.",
            ),
            (
                not self.restore_best_weights or self.training_images * self.validation_split >= 1,
                "Restoring the best weights needs a validation split above 0.",
            ),
            (
                self.schedule != "reduce-on-plateau"
                or self.training_images * self.validation_split >= 1,
                "The schedule 'reduce-on-plateau' needs a validation split above 0.",
            ),
            (
                _is_whole(self.training_images, 100, TRAINING_IMAGES),
                "The number of training pictures must be a whole number from 100 to 60,000, "
                f"not {self.training_images}.",
            ),
            (
                _is_whole(self.seed, 0, 2**31 - 1),
                f"Seed must be a whole number from 0 to {2**31 - 1:,}, not {self.seed}.",
            ),
        ]

    @property
    def splits(self) -> tuple[int, ...]:
        """Epochs of each training of the run: the first and its re-splits."""
        return (self.epochs, *self.resplit_epochs)

    @property
    def comparable_accuracy(self) -> float | None:
        """The published accuracy, unless other runs or, as far as is known, more epochs took part here."""
        same = self.reported_epochs in (None, self.epochs) and self.independent
        return self.reported_accuracy if same else None

    @property
    def others(self) -> list[str]:
        """The names of the runs that have a part in what the trained network says."""
        return [name for name in (*self.teachers, self.pretrained, self.ensemble_member) if name]

    @property
    def imported(self) -> bool:
        """Whether the network was not trained here: nobody knows with which images, or how."""
        return self.architecture == IMPORTED

    @property
    def independent(self) -> bool:
        """Whether no other run has a part in it, and it learned from training images alone."""
        return not self.others and not self.imported

    def changed(self, **fields: Any) -> "Recipe":
        """The recipe with a user's settings; `None` leaves a field as it is.

        Another number of epochs than the recipe's means one training without re-splits, as
        someone who asks for 3 epochs expects 3; so do starting weights and teachers, which know pictures
        of each split. Without validation pictures there are no re-splits either, of which the best
        could be kept, and the last weights are.

        Raises:
            RecipeError: a setting is not possible.
        """
        fields = {name: value for name, value in fields.items() if value is not None}
        others = fields.get("pretrained") or fields.get("teachers")
        unvalidated = fields.get("validation_split") == 0
        if fields.get("epochs", self.epochs) != self.epochs or others or unvalidated:
            fields["resplit_epochs"] = ()
        if unvalidated:
            fields["restore_best_weights"] = False
        return dataclasses.replace(self, **fields)


def _is_whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
