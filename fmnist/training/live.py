"""The settings of a training at each batch: those of its recipe, and what is changed while it trains."""

from collections.abc import Sequence

from fmnist.recipes.recipe import Recipe
from fmnist.runs import changes
from fmnist.runs.fields import Change
from fmnist.runs.files import RunError
from fmnist.runs.run import Run


class LiveSettings:
    """What a run trains with. A place is an epoch, counted over all splits, and a batch of it."""

    def __init__(self, run: Run, kept: Sequence[Change] = ()):
        """Begin with what has had effect, by changes.json or by the checkpoint, which outlasts damage to that file."""
        self._run, self._recipe, self._complaint = run, run.recipe, ""
        self.placed = changes.standard(kept)
        try:
            in_file = [change for change in changes.asked(run) if "epoch" in change]
        except RunError as error:
            self._complain(error)
        else:
            self.placed = max(in_file, self.placed, key=len)

    def look(self, epoch: int, batch: int, batches: int) -> list[Change]:
        """Give what somebody has asked for since its effect from this batch on; what that is."""
        try:
            new = changes.place(self._run, epoch + batch / batches, batch, self.placed)
        except RunError as error:
            self._complain(error)
            return []
        self.placed += new
        return new

    def at(self, epoch: int, batch: int) -> Recipe:
        """The settings of a batch."""
        return changes.applied(self._recipe, self._until(epoch, batch))

    def next_change(self, epoch: int, batch: int) -> int | None:
        """The next batch of the epoch from which a change has effect: of an epoch that is repeated."""
        later = (each["batch"] for each in self._of_epoch(epoch) if each["batch"] > batch)
        return min(later, default=None)

    def has_new_rate(self, epoch: int, batch: int) -> bool:
        """Whether the learning rate was changed in this epoch, up to this batch."""
        until = (each for each in self._of_epoch(epoch) if each["batch"] <= batch)
        return any(each["field"] == "learning_rate" for each in until)

    def _until(self, epoch: int, batch: int) -> list[Change]:
        place = (epoch, batch)
        return [each for each in self.placed if (int(each["epoch"]), each["batch"]) <= place]

    def _of_epoch(self, epoch: int) -> list[Change]:
        return [each for each in self.placed if int(each["epoch"]) == epoch]

    def _complain(self, error: RunError) -> None:
        """Print, once, why no change has effect."""
        if (complaint := str(error)) != self._complaint:
            self._complaint = complaint
            print(complaint, flush=True)
