"""What makes the site an application that can be installed and read offline."""

from __future__ import annotations

import re

import orjson
from fastapi import APIRouter, Request, Response

from backstory.serve.language import direction, language, pgettext
from backstory.serve.language import gettext as _
from backstory.serve.pages.rendering import Shell
from backstory.serve.site import site_of

REVALIDATED = {"Cache-Control": "no-cache"}


router = APIRouter(include_in_schema=False)


@router.get("/manifest.webmanifest")
def manifest(request: Request) -> Response:
    """The web application manifest (w3.org/TR/appmanifest)."""
    icons = [
        {
            "src": f"/static/{file.name}",
            "sizes": f"{size.group(1)}x{size.group(1)}",
            "type": file.media_type,
            "purpose": "maskable" if "maskable" in name else "any",
        }
        for name, file in site_of(request).static.items()
        if (size := re.search(r"-(\d+)\.png$", name))
    ]
    content = {
        "id": "/",
        "name": "Backstory",
        "short_name": "Backstory",
        "description": _("Every article with the history behind it."),
        "lang": language(),
        "dir": direction(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fffdf9",
        "theme_color": "#fffdf9",
        "icons": icons,
        "shortcuts": [
            {"name": _("Following"), "url": "/following"},
            {
                "name": pgettext("noun", "Search"),
                "url": f"{site_of(request).renderer.home().path}/search",
            },
        ],
    }
    return Response(
        orjson.dumps(content), media_type="application/manifest+json", headers=REVALIDATED
    )


@router.get("/worker.js")
def worker(request: Request) -> Response:
    """The service worker; it lies at the root because its place bounds what it serves."""
    file = site_of(request).static["worker.js"]
    return Response(file.content, media_type=file.media_type, headers=REVALIDATED)


@router.get("/offline")
def offline(request: Request) -> Response:
    shell = Shell(title=_("Offline"), view=site_of(request).renderer.home(), index=False)
    return site_of(request).renderer.page(request, "offline.html", shell)


@router.get("/keys")
def keys(request: Request) -> Response:
    shell = Shell(title=_("Keyboard shortcuts"), view=site_of(request).renderer.home(), index=False)
    return site_of(request).renderer.page(request, "keys.html", shell)
