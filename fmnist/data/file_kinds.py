"""Detects the kind of a file or folder from its content."""

import gzip
import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

# Each kind in words, to complete the sentence "model.h5 is ...".
KINDS = {
    "missing": "missing",
    "unreadable": "not readable by this user",
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
    "safetensors": "a safetensors file, which holds weights only",
    "protobuf": "a graph of TensorFlow (.pb)",
    "pickle": "a pickle of Python objects, which cannot be loaded without running code",
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
    "html": "a web page, perhaps from a failed download",
    "image": "an image",
    "svg": "an SVG drawing",
    "raw": "a camera's raw file",
    "layers": "a Photoshop file",
    "other-image": "an image of another format",
    "video": "a video",
    "audio": "a sound",
    "pdf": "a PDF document",
    "zip": "a zip archive",
    "tar": "a tar archive",
    "archive": "a packed archive",
    "gzip": "a gzip file",
    "unknown": "a file of an unknown kind",
}
HEAD = 4096  # bytes to read from the start of a file
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
    (b"IIU\0", "raw"),  # Panasonic
    *((magic, "raw") for magic in (b"IIRO", b"IIRS", b"MMOR")),  # Olympus
    (b"FUJIFILMCCD-RAW", "raw"),
    (b"8BPS", "layers"),
    (b"gimp xcf", "other-image"),
    (b"\0\0\0\x0cjP  ", "other-image"),  # JPEG 2000
    (b"\xff\x0a", "other-image"),  # JPEG XL, bare and in a container
    (b"\0\0\0\x0cJXL ", "other-image"),
    (b"\0\0\1\0", "other-image"),  # an icon of Windows
    (b"%!PS", "other-image"),
    (b"\x1aE\xdf\xa3", "video"),  # WebM, Matroska
    (b"\0\0\1\xba", "video"),  # MPEG
    (b"ID3", "audio"),
    (b"OggS", "audio"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"%PDF", "pdf"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),  # zstd
)
BRANDS = {  # of an ISO media file (ftyp); all others are videos
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "image"),
    **dict.fromkeys((b"avif", b"avis", b"mif1", b"msf1", b"MiHE"), "image"),
    b"crx ": "raw",
    b"M4A ": "audio",
}
DNG_VERSION, SUBFILE_TYPE, PREVIEW = 50706, 254, 1  # tags of TIFF, and the value of the second
ONNX_WRITERS = (b"pytorch", b"onnx", b"ONNX", b"keras2onnx", b"OnnxMLTools")


def kind_of(path: Path | bytes) -> str:
    """The kind of a path or of a file's content, a key of `KINDS`; of a gzipped file, its content's kind.

    Reads a few kilobytes (of a zip archive, its table of contents) and never raises an error.
    """
    if isinstance(path, bytes):
        return _kind_of_file(Path(), io.BytesIO(path))
    try:
        if path.is_dir():
            return _kind_of_folder(path)
        if not path.exists():
            return "missing"
        with path.open("rb") as file:
            return _kind_of_file(path, file)
    except OSError:
        return "unreadable"


def in_words(path: Path) -> str:
    """The beginning of a sentence with a path and its kind: "model.pth is a PyTorch file"."""
    return f"{path} is {KINDS[kind_of(path)]}"


def names_in(path: Path | BinaryIO) -> list[str]:
    """The files in a zip archive, without folders and macOS' additions; [] if it is damaged."""
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


def _kind_of_file(path: Path, file: BinaryIO) -> str:
    head = file.read(HEAD)
    if not head:
        return "empty"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(file)
    if head.startswith(b"\x1f\x8b"):
        return _kind_of_gzip(path, file)
    return _kind_of_bytes(path, head)


def _kind_of_zip(file: BinaryIO) -> str:
    names = names_in(file)
    if "config.json" in names or "model.weights.h5" in names:
        return "keras"
    if names and all(name.endswith(".npy") for name in names):
        return "npz"
    if any(name.endswith("data.pkl") for name in names):
        return "pytorch"
    return "excel" if "xl/workbook.xml" in names else "zip"


def _kind_of_gzip(path: Path, file: BinaryIO) -> str:
    file.seek(0)
    try:
        head = gzip.GzipFile(fileobj=file).read(HEAD)
    except (OSError, EOFError, zlib.error):
        return "gzip"
    return _kind_of_bytes(path.with_suffix(""), head) if head else "empty"


def _kind_of_bytes(path: Path, head: bytes) -> str:
    if _is_raw_tiff(head):
        return "raw"
    for magic, kind in MAGIC:
        if head.startswith(magic):
            return kind
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "video")
    if head[:4] == b"RIFF":
        return {b"WEBP": "image", b"AVI ": "video", b"WAVE": "audio"}.get(head[8:12], "unknown")
    if head[4:8] == b"TFL3":
        return "tflite"
    if head[257:262] == b"ustar":
        return "tar"
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 100_000_000:
        return "safetensors"
    if head[:1] == b"\x08" and any(writer in head[:80] for writer in ONNX_WRITERS):
        return "onnx"
    if path.suffix in (".onnx", ".pb"):
        return {".onnx": "onnx", ".pb": "protobuf"}[path.suffix]
    return _kind_of_text(head)


def _is_raw_tiff(head: bytes) -> bool:
    """Whether a TIFF file is a camera's raw file: by its tags, or because its first image is a preview."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(head[:4])
    if order is None:
        return False
    head = head.ljust(HEAD, b"\0")
    (start,) = struct.unpack_from(f"{order}I", head, 4)
    (count,) = struct.unpack_from(f"{order}H", head, min(start, HEAD - 2))
    entries = head[start + 2 : start + 2 + 12 * count]
    whole = entries[: len(entries) // 12 * 12]
    values = {tag: value for tag, _, _, value in struct.iter_unpack(f"{order}HHII", whole)}
    is_canon = head[8:10] == b"CR"
    return is_canon or DNG_VERSION in values or values.get(SUBFILE_TYPE) == PREVIEW


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
    if "<svg" in text[:1000].lower():
        return "svg"
    return "json" if text.startswith(("{", "[")) else "text"
