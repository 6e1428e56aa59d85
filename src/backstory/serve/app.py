"""The web application: joins the API, the pages, the feeds and the static files."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.gzip import GZipMiddleware

from backstory.model.errors import misconfigured
from backstory.model.problems import Kind
from backstory.model.views import Row
from backstory.serve.api import routes as api
from backstory.serve.api import websub
from backstory.serve.feeds import directory
from backstory.serve.feeds import routes as feeds
from backstory.serve.http import image_routes, static_routes
from backstory.serve.http.conditional import Changes
from backstory.serve.http.images import Images
from backstory.serve.http.middleware import ApiCors, OutermostMiddleware
from backstory.serve.http.page_cache import PageCache
from backstory.serve.http.parameters import Address, no_unheeded_past
from backstory.serve.http.static_files import static_files
from backstory.serve.language import gettext as _
from backstory.serve.offline import installing
from backstory.serve.pages import feed_status, following, lists, reading
from backstory.serve.pages.rendering import Renderer
from backstory.serve.share import embed, metadata
from backstory.serve.site import Site, site_of
from backstory.store.database import Store

if TYPE_CHECKING:
    from backstory.archive import Archive

log = logging.getLogger("backstory.serve")


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    archive: Archive,
    base_url: str | None = None,
    clock: Callable[[], datetime] = _now,
    images: Images | None = None,
    callbacks: Store | None = None,
) -> FastAPI:
    """The application over an archive, whose methods may be called by several threads at once.

    ``base_url``: how readers reach this instance, for absolute addresses; without it they are
    made from what each request names. ``clock``: the time that ages are counted from.
    ``images``: the cache of lead images; without it no page shows any. ``callbacks``: the store
    that hubs may push feeds into.
    """
    static = static_files()
    address = Address(base_url)
    lead_image = images.of if images else _no_image
    renderer = Renderer(archive, address, static, clock, lead_image)
    app = FastAPI(
        title="Backstory",
        description="Articles with the history behind them.",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    site = app.state.site = Site(
        archive=archive,
        address=address,
        clock=clock,
        static=static,
        renderer=renderer,
        page_cache=PageCache(archive.last_change, renderer),
        changes=Changes(clock),
        images=images,
        callbacks=callbacks,
    )
    _add_routes(app, site)
    app.add_exception_handler(StarletteHTTPException, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_misunderstood)
    app.add_middleware(ApiCors)
    app.add_middleware(GZipMiddleware, minimum_size=800, compresslevel=6)
    app.add_middleware(OutermostMiddleware, broken=_on_error)
    return app


def _no_image(row: Row) -> None:
    return None


def _add_routes(app: FastAPI, site: Site) -> None:
    """The pages' own come last: ``/{country}/`` takes what nothing else did."""
    app.router.routes.extend(reading.routes)
    app.include_router(static_routes.router)
    if site.images is not None:
        app.include_router(image_routes.router)
    heeded = [Depends(no_unheeded_past)]
    app.include_router(api.router, dependencies=heeded)
    for part in (feeds, directory, metadata, embed, feed_status):
        app.include_router(part.router, dependencies=heeded)
    if site.callbacks is not None:
        app.include_router(websub.router)
    for page in (following, installing, lists):
        app.include_router(page.router, dependencies=heeded)


# ---------------------------------------------------------------- what went wrong


def _problem(request: Request, status: int, detail: str) -> Response:
    """An answer that says what is wrong: as a page, or as JSON where data was asked for."""
    if request.url.path.startswith("/api") or request.url.path.endswith(".json"):
        return JSONResponse({"detail": detail}, status)
    return site_of(request).renderer.problem(request, status, detail)


def _on_error(request: Request) -> Response:
    """The answer where the program itself failed; must not fail again."""
    detail = _("Something went wrong on our side. The server’s log has the details.")
    try:
        response = _problem(request, 500, detail)
        if request.url.path.startswith("/api/"):
            # The part that opens the API to other sites lies further in.
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response
    except Exception:
        log.exception("the error page failed too")
        return Response(detail, 500, media_type="text/plain")


def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    detail = str(error.detail)
    if detail == HTTPStatus(error.status_code).phrase:
        detail = {
            404: _("There is nothing at this address."),
            405: _("This address does not accept that method."),
        }.get(error.status_code, detail)
    response = _problem(request, error.status_code, detail)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def _on_misunderstood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _problem(request, 400, _sentence(error))


def _sentence(error: RequestValidationError) -> str:
    """The first thing wrong with a request, as a sentence."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return "The body is not JSON."
    place = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    return f"{place}: {first['msg'][:1].lower()}{first['msg'][1:]}."


def run(
    store_url: str,
    host: str = "127.0.0.1",
    port: int = 8000,
    base_url: str | None = None,
    allow_private: bool = False,
    contact: str | None = None,
) -> None:
    """Serve the store until interrupted. Raises ``Misconfigured``.

    ``allow_private`` and ``contact``: how lead images are asked for, as in ``Fetcher``.
    """
    import uvicorn

    from backstory.archive import Archive

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sends without delay (TCP_NODELAY) only then.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise misconfigured(Kind.PORT_IN_USE, host=host, port=port) from None
            raise
        with (
            Archive(store_url) as archive,
            archive.ready(),
            Images(archive.derived / "images", allow_private, contact) as images,
        ):
            # Hubs can only call where others reach this instance.
            callbacks = None if base_url is None else Store(store_url, create=False)
            config = uvicorn.Config(
                create_app(archive, base_url, images=images, callbacks=callbacks),
                log_level="warning",
                server_header=False,
                lifespan="off",
            )
            uvicorn.Server(config).run(sockets=[listener])
