"""What every handler answers from: one frozen value, made when the application is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import Request

from backstory.serve.http.conditional import Changes
from backstory.serve.http.images import Images
from backstory.serve.http.page_cache import PageCache
from backstory.serve.http.parameters import Address
from backstory.serve.http.static_files import StaticFile
from backstory.serve.pages.rendering import Renderer

if TYPE_CHECKING:
    from backstory.archive import Archive
    from backstory.store.database import Store


@dataclass(frozen=True, slots=True)
class Site:
    """One archive as it is served. Its parts may be used by several threads at once.

    ``clock``: the time that ages are counted from. ``images``: the cache of lead images, or None
    where no page shows any. ``callbacks``: the store that hubs may push feeds into, or None.
    """

    archive: Archive
    address: Address
    clock: Callable[[], datetime]
    static: Mapping[str, StaticFile]  # by plain names
    renderer: Renderer
    page_cache: PageCache
    changes: Changes
    images: Images | None = None
    callbacks: Store | None = None


def site_of(request: Request) -> Site:
    """The site that a request is made to."""
    site: Site = request.app.state.site
    return site
