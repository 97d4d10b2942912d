"""What to try where a prediction is unsure."""

from fmnist.preprocessing.preprocess import Prepared

TIPS = {
    "filled": "Draw one item, large, and show what makes it special: sleeves, buttons or a zip, the "
    "straps of a sandal. Draw shoes from the side.",
    "open": "Close the outline, so that it can be filled. Draw one item, large.",
    "painted": "Paint all of one item, large, or draw its outline with the pen.",
    "photo": "One item, all of it in the photo, on a plain background works best. Drag a box "
    "around it, or turn the photo upright.",
}


def tip(prepared: Prepared) -> str:
    """What may help with a photo, or with a drawing of this kind; empty for an image of the data set."""
    if prepared.kind != "drawing":
        return TIPS.get(prepared.kind, "")
    steps = [name for name, _ in prepared.steps]
    if "Outline filled" not in steps:
        return TIPS["painted"]
    return TIPS["filled" if "Fine lines" in steps else "open"]  # open strokes stay as they are
