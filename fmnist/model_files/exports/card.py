"""A model card of a run: what it learned from, how good it is, where it fails, what it was never shown.

The headings are those of Hugging Face's template (https://huggingface.co/docs/hub/model-card-annotated). All of it
comes from what the run's directory and the cache hold: the network predicts nothing for it.
"""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

from fmnist.analysis import metrics
from fmnist.data import fashion_mnist
from fmnist.data.dataset import DataSet
from fmnist.runs import changes, learning_curve, remarks, table
from fmnist.runs.run import Run

from . import card_figures
from .markdown import bullets, plain, table_of

HUB = "zalando-datasets/fashion_mnist"  # the data set's name at Hugging Face
CITATION = """\
```bibtex
@online{xiao2017fashion,
  author = {Han Xiao and Kashif Rasul and Roland Vollgraf},
  title  = {Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms},
  year   = {2017},
  eprint = {1708.07747},
  eprinttype = {arXiv},
}
```"""


def write(run: Run, path: Path) -> None:
    """Write the card.

    Raises:
        RunError: the run has no trained model, or is damaged.
        OSError: the file cannot be written.
    """
    path.write_text(card(run), "utf-8")


def card(run: Run) -> str:
    """The card in Markdown, with the front matter that Hugging Face reads.

    Raises:
        RunError: see `write`.
    """
    parts = [f"---\n{_front_matter(run)}\n---", f"# Model Card for {run.name}", _summary(run)]
    for heading, sections in (
        ("Model Details", _details),
        ("Uses", _uses),
        ("Bias, Risks, and Limitations", _limits),
        ("How to Get Started with the Model", _start),
        ("Training Details", _training),
        ("Evaluation", card_figures.sections),
        ("Environmental Impact", _cost),
        ("Technical Specifications", _technical),
        ("Citation", _citation),
    ):
        if found := list(sections(run)):
            parts += [f"## {heading}", *found]
    return "\n\n".join(parts) + "\n"


def is_usual(dataset: DataSet) -> bool:
    """Whether it is Fashion-MNIST itself."""
    return dataset.digest == fashion_mnist.DATASET.digest


def _front_matter(run: Run) -> str:
    """YAML; each value is JSON, which YAML includes."""
    dataset, usual = run.dataset, is_usual(run.dataset)
    accuracy = {
        "type": "accuracy",
        "name": "Test accuracy",
        "value": round(run.figures["test_accuracy"], 4),
    }
    data = {"type": HUB if usual else dataset.name, "name": dataset.name, "split": "test"}
    result = {"task": {"type": "image-classification"}, "dataset": data, "metrics": [accuracy]}
    fields = {
        "library_name": "keras",
        "pipeline_tag": "image-classification",
        "tags": ["image-classification", "keras", "litert"],
        **({"datasets": [HUB]} if usual else {}),
        "metrics": ["accuracy"],
        "model-index": [{"name": run.name, "results": [result]}],
    }
    return "\n".join(f"{name}: {json.dumps(value)}" for name, value in fields.items())


def _summary(run: Run) -> str:
    dataset = run.dataset
    low, high = metrics.accuracy_interval(run.figures["test_accuracy"], dataset.test_images)
    return (
        f"Classifies images of {dataset.form} into {dataset.classes} classes: "
        f"{', '.join(map(plain, dataset.class_names))}. It classifies {run.figures['test_accuracy']:.2%} of "
        f"{dataset.test_images:,} test images of {plain(dataset.name)} correctly (95% confidence interval {low:.1%} to "
        f"{high:.1%})."
    )


def _details(run: Run) -> Iterator[str]:
    recipe, imported = run.recipe, run.imported
    kind = f"a model file, {plain(imported['file'])}" if imported else recipe.network.summary
    others = {
        "Finetuned from": recipe.pretrained,
        "Teachers (knowledge distillation)": ", ".join(recipe.teachers),
        "Ensemble member": recipe.ensemble_member,
    }
    yield "### Model Description"
    yield bullets(
        {
            "Developed by": "add your name",
            "Model type": plain(kind.replace("`", "")),
            "License": "whoever trained the model chooses it; add it as `license` to the lines at the top. The licence of "
            "the data is below",
            **{name: plain(value) for name, value in others.items() if value},
        }
    )
    if recipe.origin:
        yield f"### Model Sources\n\n{plain(recipe.origin) if imported else recipe.origin}"


def _uses(run: Run) -> Iterator[str]:
    dataset = run.dataset
    yield (
        "### Direct Use\n\nTo learn and to teach what an image classifier does. The model takes images in the form of its "
        f"data set ({dataset.form}, values from 0 to 255, {_form(dataset)}) and gives a probability for each class."
    )
    yield (
        "### Out-of-Scope Use\n\nDecisions about people or their belongings. Images of anything that is in none of its "
        "classes: the probabilities always add up to 1, so that one class gets the most even for a photo of a cat."
    )


def _form(dataset: DataSet) -> str:
    return {
        "cut-out": "the item cut out and centred on black",
        "squeezed": "the whole picture squeezed to a square",
        "cropped": "the central square of the picture",
    }[dataset.framing]


def _limits(run: Run) -> Iterator[str]:
    yield bullets(_never_saw(run))
    if sentence := remarks.remark(run, run.state):
        yield f"**{plain(sentence)}**"


def _never_saw(run: Run) -> Iterator[str]:
    recipe, dataset = run.recipe, run.dataset
    if recipe.imported:
        yield (
            "It was trained elsewhere, on unknown images. If test images were among them, its test accuracy is too high."
        )
    if run.received:
        yield "Its run came from another copy of `fmnist`: how it was trained is what that copy recorded."
    if is_usual(dataset):
        yield (
            "Its data set shows single articles from the catalogue of one European shop, Zalando, in 2017, each cut out and "
            "centred on black. Clothes of other times and cultures, several at once, colours and backgrounds are missing."
        )
    if "sketch-photo" in recipe.augmentation:
        yield (
            "It has never seen a real drawing or photo: those that it learned from were made of training images, or by "
            "code. Expect a much lower accuracy on what people draw and photograph than on the test set."
        )
    elif not recipe.imported:
        yield (
            "It has seen no drawings and no photos but those of its data set. Expect a much lower accuracy on what people "
            "draw and photograph."
        )
    if run.figures.get("operating_point"):
        yield (
            "When it can't tell and when it is sure was chosen on labelled drawings and photos: what was measured on "
            "those are development figures, and new ones will come out worse."
        )
    yield "The test images are of the same source as the training images. No others were measured for this card."


def _start(run: Run) -> Iterator[str]:
    shape = ", ".join(map(str, run.dataset.form.shape))
    yield (
        f"With Keras alone; `images` is an array of (N, {shape}) with values from 0 to 255:\n\n"
        "```python\nimport keras\n\n"
        'model = keras.saving.load_model("model.keras")\n'
        "probabilities = model.predict(images)\n```"
    )
    yield (
        "With `fmnist`, which cuts a drawing or photo out first:\n\n"
        "```python\nfrom fmnist import Classifier\n\n"
        f'prediction = Classifier.load("{run.name}").predict("photo.jpg")\n'
        "print(prediction.label, prediction.confidence)\n```"
    )


def _training(run: Run) -> Iterator[str]:
    dataset, recipe = run.dataset, run.recipe
    yield f"### Training Data\n\n{_data_in_words(run)}"
    if recipe.imported:
        yield "### Training Procedure\n\nNot known: the model came in a file."
        return
    facts = changes.settings_in_words(run) | {"Test images": f"{dataset.test_images:,}"}
    yield "### Training Procedure"
    yield table_of(("Setting", "Value"), facts.items())
    if recipe.reported_accuracy:
        yield f"The recipe's source reports an accuracy of {recipe.reported_accuracy:.2%}."
    if found := learning_curve.first_good_epoch(run.metrics()):
        yield f"Of its epochs, number {found[1]} had the highest validation accuracy."


def _data_in_words(run: Run) -> str:
    dataset = run.dataset
    counts = f"{dataset.training_images:,} training and {dataset.test_images:,} test images, {dataset.form}"
    if is_usual(dataset):
        about = (
            "[Fashion-MNIST](https://github.com/zalandoresearch/fashion-mnist) by Zalando Research "
            "([arXiv 1708.07747](https://arxiv.org/abs/1708.07747)), MIT licence"
        )
        return f"{about}: {counts}."
    origin = f" {plain(dataset.origin)}" if dataset.origin else ""
    base = f" Its images are those of {plain(dataset.base.name)}." if dataset.base else ""
    return (
        f"{plain(dataset.name)}, a data set of one's own: {counts}.{origin}{base} Its licence is not known: ask whoever made "
        f"it before you pass it or this model on. SHA-256: `{dataset.digest}`"
    )


def _cost(run: Run) -> Iterator[str]:
    result, machine = run.figures, run.machine
    facts = {}
    if "processor" in machine and not run.recipe.imported:
        gpu = f"{machine['gpu']}; " if "gpu" in machine else ""
        facts["Hardware"] = plain(f"{gpu}{machine['processor']}, {machine.get('cores', '?')} cores")
    if "seconds" in result:
        facts["Time of training"] = learning_curve.duration(result["seconds"])
    seconds = table.row(run).get("seconds_in_all")
    if seconds and seconds > result.get("seconds", 0):
        facts["With that of its parents"] = learning_curve.duration(seconds)
    if facts:
        yield bullets(facts)


def _technical(run: Run) -> Iterator[str]:
    row, versions = table.row(run), run.description.get("versions", {})
    day = datetime.datetime.fromtimestamp(run.created_at, datetime.UTC)
    size = (run.path / "model.keras").stat().st_size / 1e6
    yield bullets(
        {
            "Parameters": f"{row['parameters']:,}",
            **(
                {"Cost of a prediction": f"{row['megaflops']:,.2f} MFLOP an image"}
                if "megaflops" in row
                else {}
            ),
            "model.keras": f"{size:,.1f} MB",
            "Versions": plain(", ".join(f"{name} {number}" for name, number in versions.items())),
            "Added" if run.recipe.imported else "Trained": f"{day:%Y-%m-%d}",
        }
    )
    rows = [
        (layer["type"], " x ".join(map(str, layer["output_shape"])), f"{layer['parameters']:,}")
        for layer in run.figures["layers"]
    ]
    yield "### Model Architecture"
    yield table_of(("Layer", "Output", "Parameters"), rows)


def _citation(run: Run) -> Iterator[str]:
    if is_usual(run.dataset):
        yield CITATION
