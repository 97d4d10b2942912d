"""Nothing in the package is made for one data set, but for what is about Fashion-MNIST alone."""

import ast
from pathlib import Path

import fmnist

PACKAGE = Path(fmnist.__file__).parent
NUMBERS = {28, 784, 785, 60_000, 10_000}  # of Fashion-MNIST: sides, pixels, images
ITS_OWN = (  # what is about Fashion-MNIST alone
    "augmentation/elastic.py",  # silhouettes of garments, as they are bent
    "augmentation/scenes.py",  # and what people draw and photograph of them
    "data/fashion_mnist.py",
    "data/files/",  # guesses what files hold by comparing them with Fashion-MNIST
    "data/labels.py",
    "model_files/",  # other people's models of Fashion-MNIST
)
OTHER_NUMBERS = {  # which only look like its own
    ("app/models/page.py", 28),  # pixels of a table's row
    ("app/sweep/trials.py", 28),  # the same
    ("data/dataset.py", 28),  # the smallest side that an own data set may have
    ("inference/embedding.py", 10_000),  # images that are compared, at most
    ("recipes/hyperparameters.py", 10_000),  # epochs, at most
    ("runs/fields.py", 10_000),  # characters, at most
}


def found_in(path: Path) -> set[str | int]:
    """What a module has of Fashion-MNIST: numbers, `range(10)`, `CLASS_NAMES`."""
    found: set[str | int] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Constant(value=int(number)) if number in NUMBERS:
                found.add(number)
            case ast.Call(func=ast.Name("range"), args=[*_, ast.Constant(value=10)]):
                found.add("range(10)")
            case ast.Name(id="CLASS_NAMES") | ast.Attribute(attr="CLASS_NAMES"):
                found.add("CLASS_NAMES")
    return found


def test_numbers_and_classes_come_from_the_data_set():
    found = {
        (name, what)
        for path in PACKAGE.rglob("*.py")
        if not (name := path.relative_to(PACKAGE).as_posix()).startswith(ITS_OWN)
        for what in found_in(path)
    }
    assert found - OTHER_NUMBERS == set()
    assert OTHER_NUMBERS - found == set()  # the list is no longer than it must be


def test_what_is_about_fashion_mnist_would_be_found(tmp_path):
    (tmp_path / "module.py").write_text(
        "x = [28, 60_000]\nfor i in range(10): print(CLASS_NAMES[i])"
    )
    assert found_in(tmp_path / "module.py") == {28, 60_000, "range(10)", "CLASS_NAMES"}
