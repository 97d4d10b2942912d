"""What a run's state means, in a sentence."""

from fmnist.analysis import metrics

from . import allowance, changes, forecast, learning_curve
from .fields import Result
from .run import Run
from .states import USABLE


def remark(run: Run, state: str) -> str | None:
    """What a state means where one word is not enough, or that the run learns nothing, in a sentence."""
    if state == "broken":
        return run.problem
    if state == "failed":
        return run.status.get("error", "The training failed.")
    if state == "interrupted":
        return "The training process stopped unexpectedly (was the machine shut down?). Press Resume to continue."
    if state == "queued":
        place = forecast.of(run)
        return str(place) if place else "Waits for its turn."
    if state == "stopped" and (error := run.status.get("error")):
        return f"Training could not be resumed; the earlier model was kept. Reason: {error}"
    if state == "stopped" and (words := allowance.used_up(run)):
        return words
    if state == "running":
        stuck = learning_curve.stuck(run.metrics(), changes.now(run), run.dataset)
        return stuck or changes.problem(run)
    if state in USABLE and (result := run.result):
        return _remark_on_model(run, result) or changes.problem(run)
    return None


def _remark_on_model(run: Run, result: Result) -> str | None:
    if not run.complete:
        return f"It has no model.tflite; with TensorFlow, `python -m fmnist complete {run.argument}` makes it."
    dataset = run.dataset
    accuracy, loss, imported = result["test_accuracy"], result["test_loss"], run.imported
    if imported:
        return imported.get("doubt") or metrics.doubt(accuracy, loss, dataset.classes)
    learned = result["epochs"] > 0  # else it was stopped before it could
    advice = (
        learning_curve.guessing(accuracy, "test", changes.now(run), dataset, result["epochs"])
        if learned
        else None
    )
    return advice or metrics.doubt(accuracy, loss, dataset.classes, dataset.guess)
