"""A recipe: an architecture, how it is trained, and the reported accuracy it stands for.

A recipe is the one description of a training run. A user's changes to it (fewer epochs, say) make another `Recipe`
of the same name; the run directory keeps exactly what was trained.
"""

import dataclasses
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from fmnist.networks.architectures import ARCHITECTURES, Network
from fmnist.networks.builder_file import FileNetwork
from fmnist.networks.composed import ComposedNetwork

from .fields import Field, RecipeError, describe
from .hyperparameters import Hyperparameters

# Architectures of no builder here: that of a network that came in a model file, which may be any; of one that
# was chosen layer by layer; and of one that a Python file builds.
IMPORTED, COMPOSED, FROM_FILE = "imported", "layers", "file"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # of a recipe or a run


def _remark() -> Any:
    """The default of a field that says nothing of how a recipe is trained; two that differ in it are equal."""
    return dataclasses.field(default=None, compare=False)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe(Hyperparameters):
    """What a training run is. `changed` and `read` check what somebody gave; the constructor does not."""

    name: Annotated[str, Field("Name")]
    architecture: Annotated[
        str, Field("Architecture", choices=(*ARCHITECTURES, IMPORTED, COMPOSED, FROM_FILE))
    ]
    builder: Annotated[
        str | None, Field("Builder", "The file and function that build the network.")
    ] = None
    builder_source: Annotated[str | None, Field("Builder's source", "The file's text.")] = None
    builder_foreign: Annotated[
        bool,
        Field(
            "Builder from elsewhere",
            "Whether the source came with a run of another copy: it is shown, and never run.",
        ),
    ] = False

    summary: Annotated[str | None, Field("Summary", "One sentence to choose by.")] = _remark()
    source: Annotated[str | None, Field("Source", "Where the recipe comes from.")] = _remark()
    link: Annotated[str | None, Field("Link", "The source's address.")] = _remark()
    no_link: Annotated[str | None, Field("No link", "Why the source has no address.")] = _remark()
    caveat: Annotated[str | None, Field("Caveat", "What to know before choosing it.")] = _remark()
    reported_accuracy: Annotated[
        float | None, Field("Reported accuracy", "On the test set, by the source.", ge=0, le=1)
    ] = _remark()
    reported_epochs: Annotated[
        int | None, Field("Reported epochs", "Where it is of another number of epochs.", ge=1)
    ] = _remark()

    @property
    def splits(self) -> tuple[int, ...]:
        """Epochs of each training of the run: the first and its re-splits."""
        return (self.epochs, *self.resplit_epochs)

    @property
    def title(self) -> str:
        """Its name, with what to know before choosing it."""
        return f"{self.name} ({self.caveat})" if self.caveat else self.name

    @property
    def origin(self) -> str:
        """Where it comes from: its source, and the link or why there is none; "" where nothing is known."""
        return " ".join(text for text in (self.source, self.link, self.no_link) if text)

    @property
    def comparable_accuracy(self) -> float | None:
        """The reported accuracy; None where other runs or, as far as is known, more epochs took part here."""
        same = self.reported_epochs in (None, self.epochs) and self.independent
        same = same and self.data == Hyperparameters.data  # a figure is of one data set
        return self.reported_accuracy if same else None

    @property
    def others(self) -> list[str]:
        """The names of the runs that this one is trained with, or predicts with."""
        return [name for name in (*self.teachers, self.pretrained, self.ensemble_member) if name]

    @property
    def network(self) -> Network:
        """What builds its network; an imported one has no such thing."""
        if self.architecture == COMPOSED:
            return ComposedNetwork(self.layers)
        if self.architecture == FROM_FILE:
            return FileNetwork(self.builder or "", self.builder_source or "", self.builder_foreign)
        return ARCHITECTURES[self.architecture]

    def has_network_of(self, other: "Recipe") -> bool:
        """Whether another recipe's network has weights that fit in this one's."""
        of_both = ("architecture", "layers", "builder_source", "builder")
        return all(getattr(self, name) == getattr(other, name) for name in of_both)

    @property
    def imported(self) -> bool:
        """Whether the network was not trained here: with which images, and how, is not known."""
        return self.architecture == IMPORTED

    @property
    def independent(self) -> bool:
        """Whether it was trained here, on training images alone, without other runs."""
        return not self.others and not self.imported

    def changed(self, **fields: Any) -> Self:
        """The recipe with other values of some fields, checked.

        Another number of epochs means one training without re-splits: a user who sets 3 epochs expects 3. So do
        pretrained weights and teachers, which were trained on images of each split, and no validation images, by
        which the best split would be found; without them the last weights are kept. A field that is given here
        keeps its value all the same.

        Raises:
            RecipeError: a value is not possible.
        """
        fields = _checked(type(self), fields)
        unvalidated = fields.get("validation_split") == 0
        others = fields.get("pretrained") or fields.get("teachers")
        if fields.get("epochs", self.epochs) != self.epochs or others or unvalidated:
            fields.setdefault("resplit_epochs", ())
        if unvalidated:
            fields.setdefault("restore_best_weights", False)
        return dataclasses.replace(self, **fields)._consistent()

    def of_file(self, network: FileNetwork) -> Self:
        """The recipe that trains the network of somebody's file in the same way; it has the file's name.

        Raises:
            RecipeError: it trains further what has another network.
        """
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(network.file).stem).strip("._-")[:50]
        return dataclasses.replace(
            self,
            name=name or "own",
            architecture=FROM_FILE,
            layers=(),
            builder=network.builder,
            builder_source=network.source,
            builder_foreign=network.foreign,
            summary=network.summary,
            source=f"The network that {network.builder} builds, trained as the recipe `{self.name}` is.",
            link=None,
            no_link=None,
            caveat=None,
            reported_accuracy=None,
            reported_epochs=None,
        )._consistent()

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> Self:
        """The recipe with these fields, of a file say, checked; those that are missing have their defaults.

        Raises:
            RecipeError: a field is not known, is missing, or has a value that is not possible.
        """
        if missing := {"name", "architecture"} - fields.keys():
            raise RecipeError(f"A recipe must have a field {min(missing)!r}.")
        return cls(**_checked(cls, fields))._consistent()

    def _consistent(self) -> Self:
        for problem in self._problems():
            raise RecipeError(problem)
        return self

    def _problems(self) -> Iterator[str]:
        """What single fields cannot show."""
        if not NAME.fullmatch(self.name):
            yield f"A name must have only letters, digits, '-', '_' and '.', not {self.name[:80]!r}."
        yield from self._problems_of_network()
        if self.pretrained and self.resplit_epochs:
            yield "Pretrained weights allow no re-splits, which start with new weights."
        used = math.inf if self.training_images is None else self.training_images
        if self.validation_split and used * self.validation_split >= 1:
            return
        if self.restore_best_weights:
            yield "Restoring the best weights needs a validation split above 0."
        if self.schedule == "reduce-on-plateau":
            yield "The schedule 'reduce-on-plateau' needs a validation split above 0."

    def _problems_of_network(self) -> Iterator[str]:
        composed, from_file = (self.architecture == name for name in (COMPOSED, FROM_FILE))
        if self.layers and not composed:
            yield f"Only the recipe own-layers has layers to choose; {self.name} has a network of its own."
        if composed and not self.layers:
            yield "The recipe own-layers needs one layer at least, such as flatten."
        if from_file != bool(self.builder and self.builder_source):
            yield f"A recipe with the architecture {FROM_FILE} must have a builder and its source, and no other may."


def _checked(recipe: type, fields: Mapping[str, Any]) -> dict[str, Any]:
    described = describe(recipe)
    if strange := sorted(fields.keys() - described.keys()):
        raise RecipeError(f"A recipe has no field {strange[0][:40]!r}.")
    return {name: described[name].check(value) for name, value in fields.items()}
