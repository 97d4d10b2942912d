"""What may stand in the JSON files of a run directory: each field, its type and its bounds.

A value of another type, or out of its bounds, makes the file unreadable, so that its readers can rely
on it. A field that is not named here is dropped on reading: a new one is one line here.
"""

from typing import Annotated, Any, Literal, Required, TypedDict

from msgspec import Meta

from fmnist.data.dataset import DataSet

Whole = Annotated[int, Meta(ge=0, le=10**15)]
Share = Annotated[float, Meta(ge=0, le=1)]
Nats = Annotated[float, Meta(ge=0, le=1e6)]  # a cross-entropy
Evidence = Annotated[float, Meta(ge=0, le=100)]  # in nats
Seconds = Annotated[float, Meta(ge=0, le=1e10)]
Moment = Annotated[float, Meta(ge=0, le=2.5e11)]  # since the epoch, before the year 9,900
Words = Annotated[str, Meta(max_length=10_000)]


class Imported(TypedDict, total=False):
    """In run.json, the model file that a run was made of."""

    file: Required[Words]  # its name
    sha256: Words
    preprocessing: Required[Words]  # a key of `preprocessings.NAMES`
    about: Required[Words]  # how it was found, in words
    doubt: Words  # why its figures may mean nothing


class Received(TypedDict):
    """In run.json, the file in which a run of another copy of this project came."""

    file: Words  # its name
    sha256: Words
    at: Moment


class InSweep(TypedDict):
    """In run.json, the sweep that a run belongs to."""

    name: Words
    id: Words  # that of its sweep.json: another sweep may have had the name
    trial: Whole


# System, processor, cores, memory in GB; gpu, if one trained.
Machine = dict[str, Words | int | float | None]


class Description(TypedDict, total=False):
    """run.json."""

    recipe: Required[dict[str, Any]]
    created_at: Required[Moment]
    data: Required[DataSet]
    versions: dict[str, Words]
    machine: Machine
    imported: Imported
    received: Received
    sweep: InSweep


Phase = Literal["preparing", "training", "finishing"]


class Status(TypedDict, total=False):
    """status.json."""

    state: Literal[
        "queued", "starting", "running", "stopped", "failed"
    ]  # starting: it was given its turn, and its worker has not begun
    updated_at: Moment
    queued_at: Moment
    pid: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None  # of a queued run: it waits for any worker
    pid_started: Annotated[float, Meta(ge=-1e10, le=1e10)]
    boot: Words  # the start of the system in which pid counts
    host: Words  # that system, or container
    node: Words  # of the cluster that it trains on, by name; pid is of who follows it from here
    phase: Phase
    epoch: Whole
    epochs: Annotated[int, Meta(ge=1)]
    step: Whole
    steps: Annotated[int, Meta(ge=1)]
    progress: Share
    images_per_second: Annotated[float, Meta(ge=0, le=1e12)] | None
    seconds: Seconds
    seconds_left: Seconds | None
    error: Words
    reason: Words | None  # of an error: "diverged", where the same training would fail again


class Layer(TypedDict, total=False):
    """A layer in result.json, as `export.layer_table` gives it."""

    name: Required[Words]
    type: Required[Words]
    output_shape: Required[
        Annotated[list[Annotated[int, Meta(ge=1, le=10**6)]], Meta(min_length=1)]
    ]
    parameters: Required[Whole]
    multiply_adds: Whole
    inputs: list[Words]


class Scores(TypedDict):
    """How well a model predicts a test set."""

    accuracy: Share
    loss: Nats


class OperatingPoint(TypedDict):
    """How much `metrics.evidence` a model needs, chosen on labelled drawings and photos."""

    least: Evidence  # below it the prediction is "I can't tell"
    sure: Evidence  # from it on a confident prediction is "I am sure"


class Change(TypedDict, total=False):
    """In changes.json and result.json, a setting that was changed while the run trained."""

    field: Required[Words]  # of the recipe
    value: Required[bool | int | float | Words | list[Words] | None]
    asked_at: Required[Moment]
    epoch: Annotated[float, Meta(ge=0, le=1e6)]  # from which it has effect, as in a `Row`
    batch: Whole  # of that epoch


class Result(TypedDict, total=False):
    """result.json."""

    test_accuracy: Required[Share]
    test_loss: Required[Nats]
    training_accuracy: Share
    training_loss: Nats
    validation_accuracy: Share
    validation_loss: Nats
    stopped: bool
    epochs: Required[Whole]
    kept_epoch: Whole
    seconds: Seconds  # of training; not known of an imported model
    temperature: Annotated[float, Meta(gt=0, le=1e6)]
    parameters: Required[Whole]
    layers: Required[list[Layer]]
    before: dict[
        Words, Scores
    ]  # of its parent's model, on the test sets of both, by the data sets' names
    after: dict[Words, Scores]  # of its own
    operating_point: OperatingPoint  # where one was chosen
    model_digest: Words  # of model.tflite, which was measured: `cache.digest`
    changes: list[Change]  # that had effect
    machine: Machine  # on which it was trained, where that is another than in run.json


class Row(TypedDict, total=False):
    """A line of metrics.jsonl."""

    epoch: Required[Annotated[float, Meta(ge=0, le=1e6)]]
    loss: Required[Nats]
    accuracy: Required[Share]
    validation_loss: Nats
    validation_accuracy: Share
    seconds: Seconds
    end_of_epoch: bool


class Manifest(TypedDict):
    """manifest.json of a checkpoint: SHA-256 digests, of the files by their names."""

    run: Words
    files: dict[Annotated[str, Meta(pattern=r"^\w[\w.]*$")], Words]
