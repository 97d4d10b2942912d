"""A network that somebody's own Python file builds.

The file's text is kept, not its path: a run can be resumed, restarted and read when the file is gone or has changed.
Only a person at a shell can bring one (`fmnist train --architecture my_net.py:build`); what the app takes from visitors
is never executed, nor is what came with a run of another copy.
"""

import ast
import dataclasses
import inspect
import linecache
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .layer_kinds import NetworkError, Shape
from .source_code import parse

if TYPE_CHECKING:
    import keras

LARGEST = 100_000  # bytes of a file
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # what parsing a text may raise
EXPECTED = "expected FILE.py:BUILDER, such as my_net.py:build"


@dataclasses.dataclass(frozen=True)
class FileNetwork:
    """The network that a function in a Python file builds."""

    builder: str  # the file's name and the function's: "my_net.py:build"
    source: str  # the file's text
    foreign: bool = False  # whether it came with a run of another copy

    @property
    def file(self) -> str:
        """The file's name."""
        return self.builder.rpartition(":")[0]

    @property
    def function(self) -> str:
        """The function's name."""
        return self.builder.rpartition(":")[2]

    @property
    def summary(self) -> str:
        """The first paragraph of the function's docstring; the file is read, not run."""
        for node in () if self.foreign else _functions(self.source):
            if node.name == self.function and (about := ast.get_docstring(node)):
                return " ".join(about.split("\n\n")[0].split())
        return f"The network that `{self.function}` in {self.file} builds."

    def call(self, shape: str, classes: str) -> str:
        """As `Network.call`; the file is read, not run."""
        arguments = next(
            (node.args for node in _functions(self.source) if node.name == self.function),
            ast.arguments([], [], None, [], [], None, []),
        )
        names = {each.arg for each in (*arguments.args, *arguments.kwonlyargs)}
        if {"shape", "classes"} <= names:
            return f"{self.function}(shape={shape}, classes={classes})"
        needs_both = len(arguments.args) - len(arguments.defaults) == 2
        return f"{self.function}({f'{shape}, {classes}' if needs_both else ''})"

    def check(self, shape: Shape, classes: int) -> None:
        """See that the file is the user's own; whether its network fits, `build` finds out, which runs it.

        Raises:
            NetworkError: it came from elsewhere.
        """
        if self.foreign:
            raise NetworkError(
                f"Its network is built by code that came from another copy ({self.builder}), which is never run. Read it, "
                "save it as a file of your own, and train that: `fmnist train --architecture FILE.py:BUILDER`."
            )

    def build(self, shape: Shape, classes: int) -> "keras.Model":
        """Run the file and its builder, and see that the network can be trained.

        Args:
            shape: of an image: (height, width), or (height, width, 3).
            classes: how many there are.

        Raises:
            NetworkError: the file cannot be run, or builds another network than expected; with file and line.
        """
        self.check(shape, classes)
        function = self._loaded()
        model = self._called(function, shape, classes)
        for problem in _problems(model, shape, classes):
            raise NetworkError(f"{self._begin(function)} gives no network to train: {problem}.")
        return model

    def _loaded(self) -> Any:
        """The function, after the file has been run."""
        lines = self.source.splitlines(keepends=True)
        linecache.cache[self.file] = (len(self.source), None, lines, self.file)  # for tracebacks
        names: dict[str, Any] = {"__name__": Path(self.file).stem, "__file__": self.file}
        try:
            exec(compile(self.source, self.file, "exec"), names)
        except (Exception, SystemExit) as error:
            raise NetworkError(f"{self._place(error)}{self._alone(error)}") from error
        found = names.get(self.function)
        if not inspect.isfunction(found):
            there = [node.name for node in _functions(self.source)]
            raise NetworkError(
                f"{self.file} has no function {self.function!r}; it has {', '.join(there) or 'none'}."
            )
        return found

    def _called(self, function: Callable[..., Any], shape: Shape, classes: int) -> Any:
        """What the function returns."""
        arguments = _arguments(function, shape, classes)
        if arguments is None:
            raise NetworkError(
                f"{self._begin(function)} takes {inspect.signature(function)}; expected (shape, classes), or no "
                "arguments."
            )
        try:
            return function(**arguments)
        except (Exception, SystemExit) as error:
            raise NetworkError(f"{self._place(error)}.") from error

    def _begin(self, function: Callable[..., Any]) -> str:
        """The function by the line in the file where it begins."""
        line = getattr(getattr(function, "__code__", None), "co_firstlineno", 1)
        return f"{self.file}, line {line}: {self.function}"

    def _place(self, error: BaseException) -> str:
        """Where in the file an error arose, and what it says, in a line."""
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == self.file]
        line = lines[-1] if lines else getattr(error, "lineno", None) or 1
        message = str(getattr(error, "msg", error)).strip() or "no message"
        said = message.splitlines()[0][:300].rstrip(".")
        return f"{self.file}, line {line}: {type(error).__name__}: {said}"

    def _alone(self, error: BaseException) -> str:
        """The end of the sentence; a file that stood beside this one cannot be imported."""
        if isinstance(error, ModuleNotFoundError):
            return "; expected one file, which imports installed packages alone."
        return "."


def read(argument: str) -> FileNetwork:
    """The network that "FILE.py:BUILDER" names; the file is read, not run.

    Raises:
        NetworkError: the argument names none, or the file cannot be read.
    """
    name, _, function = argument.rpartition(":")
    path = Path(name)
    if path.suffix != ".py" or not function.isidentifier():
        raise NetworkError(f"{argument[:80]!r} names no builder; {EXPECTED}.")
    try:
        content = path.read_bytes()
        source = content.decode()
    except OSError as error:
        raise NetworkError(f"{path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise NetworkError(f"{path} is not a text in UTF-8, as Python files are.") from None
    if len(content) > LARGEST:
        raise NetworkError(
            f"{path} has {len(content):,} bytes; expected a file of {LARGEST:,} at most with the builder alone."
        )
    try:
        parse(source, path.name)
    except UNREADABLE as error:
        line = getattr(error, "lineno", None) or 1
        raise NetworkError(f"{path.name}, line {line}: {getattr(error, 'msg', error)}.") from None
    return FileNetwork(f"{path.name}:{function}", source)


def _functions(source: str) -> list[ast.FunctionDef]:
    """Those of a file; none of a text that is no Python, as a damaged run may have."""
    try:
        module = parse(source)
    except UNREADABLE:
        return []
    return [node for node in module.body if isinstance(node, ast.FunctionDef)]


def _arguments(function: Callable[..., Any], shape: Shape, classes: int) -> dict[str, Any] | None:
    """What to call a builder with: shape and classes if it takes them; None where it takes anything else."""
    taken = inspect.signature(function).parameters
    needed = [
        name
        for name, each in taken.items()
        if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD
    ]
    both = {"shape": shape, "classes": classes}
    if taken.keys() >= both.keys() and set(needed) <= both.keys():
        return both
    if len(needed) == 2:  # under other names
        return dict(zip(needed, both.values(), strict=True))
    return {} if not needed else None


def _problems(model: Any, shape: Shape, classes: int) -> Iterator[str]:
    """What keeps a network from being trained, saved and shown as all others are."""
    import keras

    if not isinstance(model, keras.Model):
        yield f"the builder returned {_a(model)}; expected a Keras model"
        return
    if not _is_keras_own(model) or not getattr(model, "inputs", None):
        yield (
            f"it is {_a(model)} without an Input; expected keras.Sequential that begins with Input({shape}), or "
            "keras.Model(inputs, outputs)"
        )
        return
    takes, gives = ([tuple(each.shape) for each in ends] for ends in (model.inputs, model.outputs))
    if takes != [(None, *shape)]:
        yield (
            f"its input is {_shapes(takes)}; expected {shape}, as in Input({shape}), with Reshape after it where "
            "channels are needed"
        )
    if gives != [(None, classes)]:
        yield f"its output is {_shapes(gives)}; expected ({classes},), one probability a class"
    last = model.layers[-1]
    softmax = getattr(last, "activation", None) is keras.activations.softmax
    if not isinstance(last, keras.layers.Dense) or not softmax:
        yield f'its last layer is {_a(last)}; expected Dense({classes}, activation="softmax")'
    for layer in model.layers:
        if isinstance(layer, keras.Model | keras.layers.Wrapper):
            yield f"{layer.name} has layers within it; expected single layers"
        if not _is_keras_own(layer) or isinstance(layer, keras.layers.Lambda):
            yield (
                f"{layer.name} is {_a(layer)}; expected layers of Keras alone, as the saved model must load without "
                "this file"
            )


def _is_keras_own(part: Any) -> bool:
    return type(part).__module__.split(".")[0] == "keras"


def _a(part: Any) -> str:
    """A thing by its type, with its activation where it has one."""
    name = type(part).__name__
    activation = getattr(getattr(part, "activation", None), "__name__", None)
    return f"{name}({activation})" if activation else name


def _shapes(shapes: list[tuple[int | None, ...]]) -> str:
    return " and ".join(str(tuple(shape[1:])) for shape in shapes) or "missing"
