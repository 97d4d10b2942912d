"""The steps of a network in words: a title, what it gives, and what it does."""

from collections import Counter

from fmnist.inference.forward import operations
from fmnist.inference.forward.steps import ForwardPass, Step

TITLES = {
    "InputLayer": "Input",
    "Conv2D": "Convolution",
    "DepthwiseConv2D": "Depthwise convolution",
    "MaxPooling2D": "Max pooling",
    "GlobalMaxPooling2D": "Global max pooling",
    "AveragePooling2D": "Average pooling",
    "GlobalAveragePooling2D": "Global average pooling",
    "BatchNormalization": "Batch normalisation",
    "Add": "Sum",
    "Average": "Mean",
    "ZeroPadding2D": "Zero padding",
    "Concatenate": "Concatenation",
}


def titles(passed: ForwardPass) -> list[str]:
    """A title of each step; several of one kind are numbered."""
    plain = [_title(step, passed) for step in passed.steps]
    totals, so_far, found = Counter(plain), Counter[str](), []
    for title in plain:
        so_far[title] += 1
        found.append(f"{title} {so_far[title]}" if totals[title] > 1 else title)
    return found


def _title(step: Step, passed: ForwardPass) -> str:
    if step is passed.last:
        return "Classes"
    if step.layer.type == "Activation":
        return str(step.layer.config["activation"])
    return TITLES.get(step.layer.type, step.layer.type)


def size(step: Step) -> str:
    """The shape of what a step gives: "14 × 14 × 32"."""
    return by(step.output.shape)


def by(shape: tuple[int, ...]) -> str:
    """A shape in words."""
    return " × ".join(f"{length:,}" for length in shape)


def about(step: Step, passed: ForwardPass) -> str:
    """What a step does, in a sentence or two."""
    names = [stage.name for stage in step.stages if stage.name != "softmax"]
    first = step.kind == "values"
    then = (
        f" {'Each' if first else 'Then each'} value goes through {' and '.join(names)}."
        if names
        else ""
    )
    return _does(step, passed) + then


def _does(step: Step, passed: ForwardPass) -> str:
    if step.kind == "convolution":
        return _of_convolution(step)
    if step.kind in ("max", "mean"):
        kept = "Keeps the largest value" if step.kind == "max" else "Takes the mean"
        if step.layer.type.startswith("Global"):
            return f"{kept} of each map: one number a map."
        found = operations.windows(step.layer, step.inputs[0].shape)
        return f"{kept} of each {by(found.size)} window of a map."
    if step.layer.type == "Average":
        return "Takes the mean of its inputs value by value: each adds its share."
    if step.kind == "sum":
        return "Adds its inputs value by value: a residual connection."
    if step is passed.last:
        count = f"{len(step.inputs[0]):,}"
        return f"The logit of a class is the sum of all {count} features, each times a weight of that class. Softmax turns logits into probabilities."
    if step.kind == "dense":
        return f"Each unit sums all {len(step.inputs[0]):,} inputs, each times a weight of its own."
    if step.layer.type == "Flatten":
        return f"The {by(step.inputs[0].shape)} values become one row. Nothing is computed."
    if step.kind == "moved":
        return "Values are only put in another place."
    return "The image, as the network gets it." if step.layer.type == "InputLayer" else ""


def _of_convolution(step: Step) -> str:
    found = operations.windows(step.layer, step.inputs[0].shape)
    if step.layer.type == "DepthwiseConv2D":
        return f"A kernel of {by(found.size)} slides over each map; each makes one map."
    seen, kernels = step.layer.weights[0].shape[2:]
    over = "the image" if seen == 1 else f"{seen} maps at once"
    return f"{kernels} kernels of {by(found.size)} slide over {over}; each makes one feature map."
