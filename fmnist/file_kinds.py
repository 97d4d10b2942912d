"""What a file or folder is, by its content: told before anything in it is judged."""

import gzip
import zipfile
import zlib
from pathlib import Path

# Each kind, as words that end a sentence: "model.h5 is ...".
KINDS = {
    "missing": "missing",
    "unreadable": "a file that this user may not read",
    "empty": "empty",
    # folders
    "saved-model": "a SavedModel folder of TensorFlow",
    "keras-folder": "a .keras file that was unpacked into a folder",
    "folder": "a folder",
    # models
    "keras": "a .keras file of Keras",
    "hdf5": "an HDF5 file",
    "pytorch": "a PyTorch file",
    "onnx": "an ONNX model",
    "tflite": "a TensorFlow Lite model",
    "safetensors": "a safetensors file, which holds weights alone",
    "protobuf": "a graph of TensorFlow (.pb)",
    "pickle": "a pickle of Python objects, which loads only by running code",
    # data
    "idx-images": "an IDX file of images",
    "idx-labels": "an IDX file of labels",
    "npy": "a NumPy array (.npy)",
    "npz": "a NumPy archive (.npz)",
    "parquet": "a Parquet file",
    "arrow": "an Arrow file",
    "arff": "an ARFF file of Weka and OpenML",
    "excel": "an Excel workbook",
    "matlab": "a MATLAB file (.mat)",
    "sqlite": "an SQLite database",
    "json": "a JSON text",
    "text": "a text",
    # others
    "git-lfs": "a Git LFS pointer: a few lines in place of the file itself",
    "html": "a web page, as a download that failed leaves behind",
    "image": "an image",
    "pdf": "a PDF document",
    "zip": "a zip archive",
    "tar": "a tar archive",
    "archive": "a packed archive",
    "gzip": "a gzip file",
    "unknown": "a file of an unknown kind",
}
HEAD = 4096  # bytes of a file that are looked at
MAGIC = (  # first bytes; https://en.wikipedia.org/wiki/List_of_file_signatures and each format's own pages
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"version https://git-lfs", "git-lfs"),
    (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", "pytorch"),  # before PyTorch 1.6
    *((b"\x80" + bytes([protocol]), "pickle") for protocol in range(2, 6)),
    (b"ZF", "pickle"),  # joblib
    (b"\x93NUMPY", "npy"),
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"FEA1", "arrow"),
    (b"MATLAB 5.0 MAT-file", "matlab"),
    (b"SQLite format 3\0", "sqlite"),
    (b"\xd0\xcf\x11\xe0", "excel"),
    *((b"\0\0\x08" + bytes([dimensions]), "idx-images") for dimensions in (2, 3, 4)),
    (b"\0\0\x08\x01", "idx-labels"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"%PDF", "pdf"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),  # zstd
)
ONNX_WRITERS = (b"pytorch", b"onnx", b"ONNX", b"keras2onnx", b"OnnxMLTools")


def kind_of(path: Path) -> str:
    """What a path is: a key of `KINDS`. What is gzipped is of its content's kind.

    Reads a few kilobytes (of a zip its table of contents) and raises nothing.
    """
    try:
        if path.is_dir():
            return _kind_of_folder(path)
        if not path.exists():
            return "missing"
        with path.open("rb") as file:
            head = file.read(HEAD)
        return _kind_of_file(path, head)
    except OSError:
        return "unreadable"


def in_words(path: Path) -> str:
    """A path and what it is, as a sentence begins: "model.pth is a PyTorch file"."""
    return f"{path} is {KINDS[kind_of(path)]}"


def names_in(path: Path) -> list[str]:
    """The files in a zip archive, without folders and what macOS adds; [] if it is damaged."""
    try:
        with zipfile.ZipFile(path) as file:
            names = file.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return []
    return [name for name in names if not name.endswith("/") and "__MACOSX" not in name]


def _kind_of_folder(path: Path) -> str:
    if any((path / name).is_file() for name in ("saved_model.pb", "saved_model.pbtxt")):
        return "saved-model"
    if (path / "config.json").is_file() and (path / "model.weights.h5").is_file():
        return "keras-folder"
    return "folder"


def _kind_of_file(path: Path, head: bytes) -> str:
    if not head:
        return "empty"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(path)
    if head.startswith(b"\x1f\x8b"):
        return _kind_of_gzip(path)
    return _kind_of_bytes(path, head)


def _kind_of_zip(path: Path) -> str:
    names = names_in(path)
    if "config.json" in names or "model.weights.h5" in names:
        return "keras"
    if names and all(name.endswith(".npy") for name in names):
        return "npz"
    if any(name.endswith("data.pkl") for name in names):
        return "pytorch"
    return "excel" if "xl/workbook.xml" in names else "zip"


def _kind_of_gzip(path: Path) -> str:
    try:
        with gzip.open(path) as file:
            head = file.read(HEAD)
    except (OSError, EOFError, zlib.error):
        return "gzip"
    return _kind_of_bytes(path.with_suffix(""), head) if head else "empty"


def _kind_of_bytes(path: Path, head: bytes) -> str:
    for magic, kind in MAGIC:
        if head.startswith(magic):
            return kind
    if head[4:8] == b"TFL3":
        return "tflite"
    if head[8:12] == b"WEBP" or head[4:8] == b"ftyp":  # HEIC, AVIF
        return "image"
    if head[257:262] == b"ustar":
        return "tar"
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 100_000_000:
        return "safetensors"
    if head[:1] == b"\x08" and any(writer in head[:80] for writer in ONNX_WRITERS):
        return "onnx"
    if path.suffix in (".onnx", ".pb"):
        return {".onnx": "onnx", ".pb": "protobuf"}[path.suffix]
    return _kind_of_text(head)


def _kind_of_text(head: bytes) -> str:
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = head.decode(encoding, errors="replace").lstrip()
    if any(letter < " " and not letter.isspace() for letter in text):
        return "unknown"
    lines = [line.strip().lower() for line in text.splitlines()]
    first = next((line for line in lines if line and not line.startswith("%")), "")
    if first.startswith("@relation"):
        return "arff"
    if text[:100].lower().startswith(("<!doctype html", "<html")):
        return "html"
    return "json" if text.startswith(("{", "[")) else "text"
