"""The models that are served: what each is, and an interpreter of it for each thread."""

import contextlib
import queue
from collections.abc import Iterator, Sequence

from fmnist.inference import doubt
from fmnist.inference.classifier import Classifier
from fmnist.runs import cache, listing
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from .limits import Refusal
from .messages import ModelAnswer


class Model:
    """A trained run, ready to predict in several threads at once."""

    def __init__(self, name: str, threads: int):
        """Load an interpreter for each thread.

        An interpreter predicts for one thread at a time. Several with one thread each predict more
        images a second than one with several, as what is not LiteRT's runs beside it then, too.

        Raises:
            RunError: there is no such run, or it has no trained model.
        """
        run = listing.named(name)
        self._idle: queue.SimpleQueue[Classifier] = queue.SimpleQueue()
        for _ in range(threads):
            self._idle.put(Classifier.load(run.path, threads=1))
        self.about = _about(run)
        self.form = run.dataset.form
        with self.classifier() as classifier:
            self.remark = doubt.problem(classifier)  # a sentence, or None

    @contextlib.contextmanager
    def classifier(self) -> Iterator[Classifier]:
        """An interpreter for this thread alone; waits for one if all are taken."""
        taken = self._idle.get()
        try:
            yield taken
        finally:
            self._idle.put(taken)


def _about(run: Run) -> ModelAnswer:
    dataset, figures = run.dataset, run.figures
    return ModelAnswer(
        name=run.name,
        digest=cache.digest(run),
        recipe=run.recipe.name,
        data=dataset.name,
        classes=dataset.class_names,
        shape=dataset.form.shape,
        framing=dataset.framing,
        test_accuracy=figures["test_accuracy"],
        parameters=figures["parameters"],
    )


class Models:
    """Those that are served, by their names; the first predicts by default."""

    def __init__(self, names: Sequence[str], threads: int):
        """Load them.

        Raises:
            RunError: one cannot be loaded, or two have the same name.
        """
        self._by_name: dict[str, Model] = {}
        for each in names:
            model = Model(each, threads)
            if (name := model.about.name) in self._by_name:
                raise RunError(f"Two of the models are named {name}; expected different names.")
            self._by_name[name] = model

    @property
    def default(self) -> Model:
        """The first."""
        return next(iter(self._by_name.values()))

    def find(self, name: str) -> Model:
        """The model of that name, or the default one if it is empty.

        Raises:
            Refusal: 404, as there is none.
        """
        if not name:
            return self.default
        if name not in self._by_name:
            served = ", ".join(self._by_name)
            raise Refusal(404, f"There is no model {name[:80]!r} here; expected one of: {served}.")
        return self._by_name[name]

    def all(self) -> list[Model]:
        """Each of them, the default first."""
        return [*self._by_name.values()]
