"""What every site has at fixed addresses: its static files, an icon, and word for crawlers."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from backstory.serve.http.static_files import FOR_EVER
from backstory.serve.site import site_of

router = APIRouter(include_in_schema=False)


@router.get("/static/{name}")
def static_file(request: Request, name: str) -> Response:
    found = (file for file in site_of(request).static.values() if file.name == name)
    file = next(found, None)
    if file is None:
        raise HTTPException(404, "There is no such file.")
    return Response(file.content, media_type=file.media_type, headers=FOR_EVER)


@router.get("/favicon.ico")
def favicon(request: Request) -> Response:
    icon = site_of(request).static["icon.svg"]
    return Response(
        icon.content, media_type=icon.media_type, headers={"Cache-Control": "max-age=86400"}
    )


@router.get("/robots.txt")
def robots(request: Request) -> Response:
    sitemap = f"{site_of(request).address.of(request)}/sitemap-news.xml"
    text = f"User-agent: *\nDisallow: /api/\n\nSitemap: {sitemap}\n"
    return Response(text, media_type="text/plain")
