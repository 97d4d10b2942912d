"""What several tests of other people's files need."""

import pytest

from fmnist.runs import listing

from .zips import files_of


@pytest.fixture
def files() -> dict[str, bytes]:
    """The files of a run's ZIP by their names."""
    return files_of(listing.find("mlp-256"))
