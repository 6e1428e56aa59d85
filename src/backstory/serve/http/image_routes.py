"""Where pages get lead images from: ``/image/{guid}/{mark}.{width}.webp``.

The mark is that of the image's own address, so that an answer never ages.
"""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

from backstory.serve.formatting import web_address
from backstory.serve.http.images import WIDTHS, mark_of
from backstory.serve.http.static_files import FOR_EVER
from backstory.serve.site import site_of

PLACEHOLDER = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720" viewBox="0 0 16 9">'
    b'<path fill="#888" fill-opacity=".14" d="M0 0h16v9H0z"/>'
    b'<path fill="#888" fill-opacity=".3" d="M6 6V5h.7v1zM7.2 6V4h.7v2zM8.4 6V3h.7v3z"/></svg>'
)

router = APIRouter(include_in_schema=False)


@router.get("/image/{guid}/{mark}.{width}.webp")
async def image(request: Request, guid: str, mark: str, width: str) -> Response:
    site = site_of(request)
    assert site.images is not None, "without a cache these routes are left out"
    url = web_address(await run_in_threadpool(site.archive.image, guid))
    if url is None or mark != mark_of(url) or width not in map(str, WIDTHS):
        raise HTTPException(404, "This picture is not in this archive.")
    content = await site.images.get(url, int(width))
    if content is None:
        return Response(
            PLACEHOLDER,
            media_type="image/svg+xml",
            headers={"Cache-Control": "public, max-age=600"},
        )
    return Response(content, media_type="image/webp", headers=FOR_EVER)
