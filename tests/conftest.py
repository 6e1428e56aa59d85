"""What tests of several files share: the made archive, served, and a browser to read it with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from backstory.archive import Archive
    from backstory.store.database import Store


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the made archive is; processes that run the tests side by side share it."""
    from tests import sample

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # this run's, above each worker's own
    return sample.shared(folder)


@pytest.fixture(scope="session")
def sample_store(sample_folder: Path) -> Iterator[Store]:
    """The store of the made archive, to be read alone."""
    from tests import sample

    store = sample.opened(sample_folder)
    yield store
    store.close()


@pytest.fixture(scope="session")
def sample(sample_store: Store) -> Archive:
    from backstory.archive import Archive

    return Archive(sample_store)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of a store that nothing came into yet."""
    from backstory.archive import Archive
    from backstory.store.database import Store

    store = Store(f"sqlite:///{tmp_path_factory.mktemp('empty')}/empty.db")
    yield Archive(store)
    store.close()


@pytest.fixture(scope="session")
def site(sample: Archive) -> Iterator[str]:
    """The address of the made archive."""
    from tests.browsing import served

    with served(sample) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one file: it holds an event loop, which other files' tests start themselves."""
    from tests.browsing import opened

    with opened() as found:
        yield found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of slow tests first, so that no process is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
