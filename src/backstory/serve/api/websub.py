"""Where the hubs of feeds call: they ask whether a subscription is meant, and push what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse

from backstory.pipeline.subscribing import PLACE, confirm, deny, receive
from backstory.serve.site import site_of

if TYPE_CHECKING:
    from backstory.store.database import Store

MOST_BYTES = 10_000_000  # of one push
LONGEST_CHALLENGE = 1000  # characters


router = APIRouter(include_in_schema=False)


def _store(request: Request) -> Store:
    """The store that hubs may push into."""
    store = site_of(request).callbacks
    assert store is not None, "without one these routes are left out"
    return store


@router.get(PLACE + "{token}")
def verify(request: Request, token: str) -> Response:
    given = request.query_params
    mode = given.get("hub.mode", "")
    if mode == "denied":
        deny(_store(request), token, given.get("hub.reason", ""))
        return PlainTextResponse("")
    challenge = given.get("hub.challenge", "")
    topic, lease = given.get("hub.topic", ""), given.get("hub.lease_seconds")
    if not 0 < len(challenge) <= LONGEST_CHALLENGE:
        raise HTTPException(404, "There is no such subscription.")
    if not confirm(_store(request), token, mode, topic, lease, site_of(request).clock()):
        raise HTTPException(404, "There is no such subscription.")
    return PlainTextResponse(challenge)


@router.post(PLACE + "{token}")
async def push(request: Request, token: str) -> Response:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise HTTPException(413, "The message is too large.")
        parts.append(part)
    known = await run_in_threadpool(
        receive,
        _store(request),
        token,
        request.headers.get("content-type"),
        b"".join(parts),
        request.headers.get("x-hub-signature"),
        site_of(request).clock(),
    )
    if not known:
        raise HTTPException(410, "This subscription no longer exists.")
    return PlainTextResponse("", 202)
