"""What tests of several files share: the sample archive served, and a browser to read it with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the sample archive."""
    from tests.browsing import served
    from tests.serve_sample import SampleArchive

    with served(SampleArchive()) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one file: it holds an event loop, which other files' tests start themselves."""
    from tests.browsing import opened

    with opened() as found:
        yield found
