"""The pages: where each is, its title and icon."""

from pathlib import Path

PAGES = {  # by folder and address, in the order of the navigation: title and icon
    "try_it": ("Try it", ":material/draw:"),
    "train": ("Train", ":material/model_training:"),
    "models": ("Models", ":material/hub:"),
    "mistakes": ("Mistakes", ":material/search:"),
    "data": ("Data", ":material/dataset:"),
    "learn": ("Learn", ":material/school:"),
}


def path_of(page: str) -> str:
    """The absolute path of a page's script: links find it from wherever the app was started."""
    return str(Path(__file__).parents[1] / page / "page.py")
