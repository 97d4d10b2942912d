"""The part of a model card on how good the model is: by class, its confidence, its mistakes, corrupted images."""

from collections.abc import Iterator

import numpy as np

from fmnist.analysis import label_errors, metrics
from fmnist.analysis.corruptions import CORRUPTIONS
from fmnist.data.dataset import DatasetError
from fmnist.runs.run import Run

from .markdown import bullets, plain, table_of

PAIRS = 5  # of classes that are confused, at most
CLASSES = 30  # that the card has rows for: of more, those with the lowest F1


def sections(run: Run) -> Iterator[str]:
    """The sections, in Markdown.

    Raises:
        RunError: the predictions for the test images are damaged.
    """
    dataset, result = run.dataset, run.figures
    yield (
        f"### Testing Data and Metrics\n\nThe {dataset.test_images:,} test images of {plain(dataset.name)}, each evaluated "
        "once, after the training. Accuracy is the share of images whose class is predicted; loss is the cross-entropy in "
        "nats."
    )
    yield "### Results"
    low, high = metrics.accuracy_interval(result["test_accuracy"], dataset.test_images)
    rows = [
        ("Test accuracy", f"{result['test_accuracy']:.2%} ({low:.2%} to {high:.2%})"),
        ("Test loss", f"{result['test_loss']:.4f}"),
        ("Accuracy of guessing", f"{dataset.guess:.2%}"),
        *((f"{name.capitalize()} accuracy", f"{found:.2%}") for name, found in _others(run)),
    ]
    yield table_of(("Figure", "Value (95% confidence interval)"), rows)
    yield from _compared(run)
    try:
        labels = dataset.load("test")[1]
    except DatasetError:
        yield "The test images are not here any more, so that nothing can be said by class."
        return
    probabilities, predicted = run.predictions()
    yield from _by_class(labels, predicted, dataset.class_names)
    yield from _confidence(probabilities, labels)
    yield from _mistakes(probabilities, predicted, labels, dataset.class_names)
    yield from _robustness(run, labels)


def _others(run: Run) -> Iterator[tuple[str, float]]:
    result = run.figures
    if "validation_accuracy" in result:
        yield "validation", result["validation_accuracy"]
    if "training_accuracy" in result:
        yield "training", result["training_accuracy"]


def _compared(run: Run) -> Iterator[str]:
    """A further training: before and after, on both test sets."""
    before, after = run.figures.get("before", {}), run.figures.get("after", {})
    names = [name for name in after if name in before]
    if names:
        yield f"Before and after the training that began with the weights of {run.recipe.pretrained}:"
        rows = [
            (name, *(f"{each[name]['accuracy']:.2%}" for each in (before, after))) for name in names
        ]
        yield table_of(("Test images of", "Before", "After"), rows)


def _by_class(labels: np.ndarray, predicted: np.ndarray, names: tuple[str, ...]) -> Iterator[str]:
    scores = metrics.class_scores(metrics.confusion_matrix(labels, predicted, len(names)))
    order = list(np.argsort(scores.f1, kind="stable"))[:CLASSES]
    yield "#### By class, the most difficult first"
    rows = [
        (
            names[label],
            *(f"{each[label]:.1%}" for each in (scores.recall, scores.precision, scores.f1)),
        )
        for label in order
    ]
    yield table_of(("Class", "Recall", "Precision", "F1"), rows)


def _confidence(probabilities: np.ndarray, labels: np.ndarray) -> Iterator[str]:
    error = metrics.calibration_error(probabilities, labels)
    mean = float(probabilities.max(axis=1).astype(np.float64).mean())
    right = float((probabilities.argmax(axis=1) == labels).mean())
    kind = "overconfident" if mean > right else "too modest"
    yield (
        f"#### Confidence\n\nExpected calibration error: {100 * error:.1f} percentage points "
        "(15 bins, [arXiv 1706.04599](https://arxiv.org/abs/1706.04599)). Its mean confidence on the test images is "
        f"{mean:.1%}, its accuracy {right:.1%}: on average it is {kind}."
    )


def _mistakes(
    probabilities: np.ndarray, predicted: np.ndarray, labels: np.ndarray, names: tuple[str, ...]
) -> Iterator[str]:
    wrong = len(metrics.mistakes(labels, predicted))
    yield f"#### What it gets wrong\n\n{wrong:,} of {len(labels):,} test images. The pairs that it confuses most:"
    counts = metrics.confusion_matrix(labels, predicted, len(names))
    np.fill_diagonal(counts, 0)
    places = np.argsort(-counts, axis=None, kind="stable")[:PAIRS]
    pairs = [np.unravel_index(place, counts.shape) for place in places]
    rows = [(names[a], names[b], int(counts[a, b])) for a, b in pairs if counts[a, b]]
    yield table_of(("Labelled", "Predicted", "Images"), rows)
    doubtful = label_errors.label_issues(probabilities, labels)
    yield (
        f"The labels of {len(doubtful):,} test images are doubtful by this model (confident learning, "
        "[arXiv 1911.00068](https://arxiv.org/abs/1911.00068)): some of its mistakes may be mistakes of the labels."
    )


def _robustness(run: Run, labels: np.ndarray) -> Iterator[str]:
    """Accuracy on corrupted images, as far as it was measured before."""
    from fmnist.inference.robustness import Robustness  # loads LiteRT, which few commands need

    found, count = [], 0
    for kind, corruption in CORRUPTIONS.items():
        known = Robustness(run, kind)
        if run.complete and known.take_kept():
            accuracies = (
                f"{metrics.accuracy(classes, labels[: len(classes)]):.1%} at {strength:g}"
                for strength, classes in sorted(known.predicted.items())
            )
            found.append(f"{kind} ({corruption.unit}): {', '.join(accuracies)}")
            count = known.count
    if found:
        yield f"#### Corrupted images\n\nAccuracy on the first {count:,} test images at each strength:"
        yield bullets(found)
