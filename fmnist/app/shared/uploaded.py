"""Files that a visitor uploads: how large they may be, and what they are called on the disk."""

import re
from pathlib import Path

from streamlit.runtime.uploaded_file_manager import UploadedFile

MEGABYTE = 10**6  # as Streamlit's upload box counts them
MOST = 99  # megabytes of a file; below server.maxUploadSize
LONGEST = 60  # characters of a file's name, of up to 4 bytes each: disks take 255 bytes


def file_name(name: str) -> str:
    """The name of an uploaded file that is no path, and short enough for any disk."""
    last = Path(name.replace("\\", "/")).name
    return re.sub(r"[^\w. -]", "_", last)[-LONGEST:].lstrip(".") or "file"


def has_arrived(file: UploadedFile) -> bool:
    """Whether the server has the file: instead of one that it lacks Streamlit gives a DeletedFile."""
    return hasattr(file, "getvalue")
