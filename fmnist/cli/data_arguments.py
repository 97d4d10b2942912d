"""What the commands about data sets take."""

from typing import Any, get_args

from fmnist.data.dataset import SIDES, Framing

from .options import add_json, path


def add_data(command: Any) -> None:
    """The command `data`; `what` is "add", "list", "show", "export" or "remove"."""
    data = command("data", help="data sets of your own: add, list, show, export, remove")
    whats = data.add_subparsers(required=True, metavar="WHAT", dest="what")
    _add_data_add(whats.add_parser("add", help="make a data set of your images"))
    listed = whats.add_parser("list", help="list all data sets")
    add_json(listed)
    show = whats.add_parser("show", help="what is known of a data set")
    show.add_argument("name", metavar="NAME")
    add_json(show)
    export = whats.add_parser(
        "export", help="write a data set as an .npz file, for an exported script"
    )
    export.add_argument("name", metavar="NAME")
    export.add_argument(
        "--out", type=path, metavar="PATH", help="the new file (default: NAME.npz, in this folder)"
    )
    remove = whats.add_parser("remove", help="delete a data set of your own; runs stay")
    remove.add_argument("name", metavar="NAME")


def _add_data_add(add: Any) -> None:
    add.add_argument(
        "path",
        type=path,
        metavar="PATH",
        help="a folder of images for each class, or a CSV, .npz, Parquet or IDX file, or a zip of one of these",
    )
    add.add_argument("--name", help="of the data set (default: that of PATH)")
    add.add_argument(
        "--side", type=int, choices=SIDES, help="pixels of an image's edge (default: by their size)"
    )
    colours = add.add_mutually_exclusive_group()
    colours.add_argument(
        "--colour",
        action="store_true",
        default=None,
        help="keep colours (default: if the images have any)",
    )
    colours.add_argument("--grey", action="store_false", dest="colour", help="make them grey")
    add.add_argument(
        "--framing",
        choices=get_args(Framing),
        help="find the item, cut it out and centre it on black; or take the whole image, squeezed to a "
        "square, or its central square (default: squeezed, or cropped where most are far from square)",
    )
    add.add_argument(
        "--test",
        type=float,
        metavar="FRACTION",
        help="share of each class held out to test (default: as the files are divided, or 0.2)",
    )
    add.add_argument("--dry-run", action="store_true", help="say what was read, and add nothing")
    add_json(add)
