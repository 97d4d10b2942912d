"""Several photos that a visitor brings at once, and what each model predicts for them, in a thread."""

import base64
import dataclasses
import io
import shutil
import tempfile
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile

from fmnist.app.shared import widgets
from fmnist.app.shared.job import Job, Report
from fmnist.app.shared.uploaded import file_name, has_arrived
from fmnist.data.dataset import DatasetError
from fmnist.data.file_kinds import kind_of
from fmnist.data.files.encoded_images import EncodedImage
from fmnist.data.files.photos import photos_in
from fmnist.data.image_files import ImageFileError
from fmnist.inference.batch import Outcome, predict_one
from fmnist.inference.classifier import Classifier
from fmnist.runs import cache
from fmnist.runs.run import Run

MOST = 200  # photos at once: 40 seconds of work
THUMBNAIL = 128  # pixels of a photo's longest edge, twice as many as are shown
TURN = threading.Lock()  # a visitor's photos need not wait for a data set to be read
LOST = "The file did not reach the server; upload it again."


@dataclasses.dataclass(frozen=True)
class Row:
    """What the table shows of a photo; images are addresses that hold the image itself."""

    outcome: Outcome
    thumbnail: str = ""
    pixels: str = ""  # what the network sees


class Several:
    """Photos in a temporary folder, which is deleted at the latest when the visitor's session ends."""

    def __init__(self, files: Sequence[UploadedFile]):
        """Copy the uploaded files, so that the upload's memory can be freed.

        Raises:
            OSError: the disk is full.
        """
        folder = Path(tempfile.mkdtemp(prefix="fmnist-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._predictions: dict[str, Predictions] = {}
        photos = [
            photo
            for number, file in enumerate(files)
            for photo in _photos_of(file, folder / str(number))
        ]
        self.photos, self.brought = photos[:MOST], len(photos)
        self.labels: dict[int, str] = {}  # by the visitor, by the photo's index
        self.identity = folder.name

    def predictions(self, run: Run) -> "Predictions":
        """What a model predicts; begins where that is not known, and pauses the other models."""
        identity = cache.identity(run)
        if identity not in self._predictions:
            self._predictions[identity] = Predictions(self.photos, widgets.classifier(run))
        for which, each in self._predictions.items():
            if which != identity:
                each.pause()
        self._predictions[identity].go_on()
        return self._predictions[identity]

    def pause(self) -> None:
        """Pause all work, until `predictions`."""
        for each in self._predictions.values():
            each.pause()


@st.cache_resource(scope="session", max_entries=1, on_release=Several.pause, show_spinner=False)
def watched(_photos: Several, identity: str) -> Several:
    """The photos of that identity, for which work pauses when the visitor closes the page or brings others."""
    return _photos


class Predictions:
    """The rows of one model, as far as they are known."""

    def __init__(self, photos: Sequence[EncodedImage], classifier: Classifier):
        """`go_on` begins."""
        self.rows: list[Row] = []
        self.cancelled = False  # by the visitor
        self._job: Job[None] | None = None
        self._paused = False
        self._photos, self._classifier = photos, classifier

    @property
    def is_complete(self) -> bool:
        """Whether each photo has its row."""
        return len(self.rows) == len(self._photos)

    @property
    def is_working(self) -> bool:
        """Whether more rows will come."""
        return self._job is not None and not self._job.over and not self._paused

    @property
    def problem(self) -> str | None:
        """Why no more rows will come, in a sentence."""
        return self._job.problem if self._job else None

    @property
    def progress(self) -> tuple[float, str]:
        """The share that is done, 0 to 1, and what is being done."""
        return (self._job.share, self._job.words) if self._job else (0.0, "")

    def wait(self, seconds: float) -> None:
        """Until all rows are there, or so many seconds have passed."""
        if self._job:
            self._job.wait(seconds)

    def go_on(self) -> None:
        """Predict what is not known yet, unless that was cancelled or failed.

        A job that was paused may be at its last row: the next one waits for its turn.
        """
        if not (self.is_complete or self.is_working or self.cancelled or self.problem):
            self._paused = False
            self._job = Job(self._work, "The photos cannot be predicted", TURN)

    def resume(self) -> None:
        """Continue after `cancel`."""
        self.cancelled = False
        self.go_on()

    def cancel(self) -> None:
        """Stop after the next row, until `resume`."""
        self.cancelled = True
        self.pause()

    def pause(self) -> None:
        """Stop after the next row, until `go_on`."""
        self._paused = True
        if self._job:
            self._job.cancel()

    def _work(self, report: Report) -> None:
        count = len(self._photos)
        for done in range(len(self.rows), count):
            report(done / count, f"{done} of {count} photos predicted")
            self.rows.append(_row(self._photos[done], self._classifier))


def _photos_of(file: UploadedFile, folder: Path) -> list[EncodedImage]:
    """The photo, or those of a ZIP file; one that cannot be used is a photo with a problem."""
    if not has_arrived(file):
        return [_unusable("A file", LOST)]
    folder.mkdir()
    path = folder / file_name(file.name)
    path.write_bytes(file.getbuffer())
    try:
        found = photos_in(path)
    except DatasetError as error:
        return [_unusable(file.name, str(error).replace(str(path), "The ZIP file"))]
    left_out = [_unusable(place, f"It was left out: {why}.") for place, why in found.skipped]
    if found.is_single:
        return [found.photos[0]._replace(place=file.name)]
    return found.photos + left_out


def is_archive(file: UploadedFile) -> bool:
    """Whether a file is a ZIP file, which may hold several photos."""
    return has_arrived(file) and kind_of(file.getvalue()) == "zip"


def _unusable(name: str, problem: str) -> EncodedImage:
    def content() -> bytes:
        raise ImageFileError(problem)

    return EncodedImage(name, "", content, "")


def _row(photo: EncodedImage, classifier: Classifier) -> Row:
    outcome = predict_one(photo, classifier)
    if not (found := outcome.found) or not found.photo:
        return Row(outcome)
    small = found.photo.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    pixels = Image.fromarray(found.prepared.pixels)
    return Row(outcome.light(), _address(small, "WEBP"), _address(pixels, "PNG"))


def _address(image: Image.Image, form: str) -> str:
    """A data URL."""
    file = io.BytesIO()
    image.save(file, form)
    return f"data:image/{form.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"
