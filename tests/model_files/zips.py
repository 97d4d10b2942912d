"""ZIPs of runs, as another copy writes them and as somebody has changed them."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from fmnist.model_files import importer
from fmnist.model_files.inspection import ModelFileError
from fmnist.runs import manage
from fmnist.runs.run import Run


def zipped(path: Path, files: dict[str, bytes], run: str = "brought") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(f"{run}/{name}", content)
    return path


def files_of(run: Run) -> dict[str, bytes]:
    """The files of a run's ZIP by their names."""
    content = io.BytesIO()
    manage.write_archive(run, content)
    with zipfile.ZipFile(content) as file:
        return {Path(entry.filename).name: file.read(entry) for entry in file.infolist()}


def changed(files: dict[str, bytes], name: str, **fields) -> dict[str, bytes]:
    """The files, with other fields in a JSON file; of run.json "recipe" and "data" are changed themselves."""
    content = json.loads(files[name])
    for field, value in fields.items():
        inner = isinstance(value, dict) and isinstance(content.get(field), dict)
        content[field] = content[field] | value if inner else value
    return files | {name: json.dumps(content).encode()}


def refused(path: Path, home: Path) -> str:
    """Why a file is refused; nothing of it may be left."""
    with pytest.raises(ModelFileError) as error:
        importer.add(path, file_name="brought.zip")
    assert not [each for each in home.iterdir() if each.is_dir()]
    assert str(home) not in str(error.value)
    return str(error.value)
