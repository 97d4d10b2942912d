"""Tips for an uncertain prediction."""

from fmnist.preprocessing.preprocess import Prepared

TIPS = {
    "filled": "Draw one item, large, and show its features: sleeves, buttons or a zip, the "
    "straps of a sandal. Draw shoes from the side.",
    "open": "Close the outline so that it is filled. Draw one item, large.",
    "painted": "Paint one whole item, large, or draw its outline with the pen.",
    "photo": "One whole item on a plain background works best. Drag a box "
    "around it, or turn the photo upright.",
}


def tip(prepared: Prepared) -> str:
    """A tip for a photo, or for a drawing of this kind; empty for an image of the data set."""
    if prepared.kind != "drawing":
        return TIPS.get(prepared.kind, "")
    steps = [name for name, _ in prepared.steps]
    if "Outline filled" not in steps:
        return TIPS["painted"]
    return TIPS["filled" if "Fine lines" in steps else "open"]  # open strokes stay as they are
