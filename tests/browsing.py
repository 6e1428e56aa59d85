"""The made archive served to a real browser: what the browser tests stand on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from backstory.archive import Archive
from backstory.serve.app import create_app
from newsstand import loopback
from tests.sample import NOW

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


def served(archive: Archive) -> AbstractContextManager[str]:
    return loopback.served(create_app(archive, clock=lambda: NOW))


@contextmanager
def opened() -> Iterator[Browser]:
    """Debian's Chromium; where there is none the test is skipped, except in CI."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None and os.environ.get("CI") != "true":
        pytest.skip("no chromium on the path")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()
