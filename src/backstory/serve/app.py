"""The web application: joins the API, the pages, the feeds and the static files."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.gzip import GZipMiddleware

from backstory.serve.api.routes import api_router
from backstory.serve.api.websub import websub_router
from backstory.serve.feeds.directory import directory_router
from backstory.serve.feeds.routes import outlet_router
from backstory.serve.http.images import Images, image_router
from backstory.serve.http.middleware import Door, OpenApi
from backstory.serve.http.page_cache import Kept
from backstory.serve.http.parameters import Address
from backstory.serve.http.static_files import static_files
from backstory.serve.language import gettext as _
from backstory.serve.offline.installing import installing_router
from backstory.serve.pages.feed_status import polled_router
from backstory.serve.pages.following import following_router
from backstory.serve.pages.lists import page_router
from backstory.serve.pages.reading import reading_routes
from backstory.serve.pages.rendering import Renderer
from backstory.serve.share.embed import embed_router
from backstory.serve.share.metadata import sharing_router
from backstory.store.database import Store

if TYPE_CHECKING:
    from backstory.archive import Archive

log = logging.getLogger("backstory.serve")


class PortInUse(Exception):
    """Another program listens where this one should."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"port {port} on {host} is in use; choose another with --port")
        self.host = host
        self.port = port


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
    address = Address(base_url)
    static = static_files()
    renderer = Renderer(archive, address, static, clock)
    by_name = {file.name: file for file in static.values()}
    kept = Kept(archive, renderer)
    app.router.routes.extend(reading_routes(archive, renderer, kept))

    @app.get("/static/{name}", include_in_schema=False)
    def static_file(name: str) -> Response:
        file = by_name.get(name)
        if file is None:
            raise HTTPException(404, "There is no such file.")
        forever = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(file.content, media_type=file.media_type, headers=forever)

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> Response:
        icon = static["icon.svg"]
        return Response(
            icon.content, media_type=icon.media_type, headers={"Cache-Control": "max-age=86400"}
        )

    @app.get("/robots.txt", include_in_schema=False)
    def robots(request: Request) -> Response:
        told = f"Sitemap: {address.of(request)}/sitemap-news.xml"
        return Response(f"User-agent: *\nDisallow: /api/\n\n{told}\n", media_type="text/plain")

    if images is not None:
        app.include_router(image_router(archive, images))
        renderer.lead_image = images.of
    app.include_router(api_router(archive, address))
    app.include_router(outlet_router(archive, address, clock), include_in_schema=False)
    app.include_router(directory_router(archive, address, clock))
    app.include_router(sharing_router(archive, clock))
    app.include_router(embed_router(archive, renderer, address))
    app.include_router(polled_router(archive, renderer))
    if callbacks is not None:
        app.include_router(websub_router(callbacks, clock))
    app.include_router(following_router(archive, renderer))
    app.include_router(installing_router(renderer, static))
    app.include_router(page_router(archive, renderer, kept), include_in_schema=False)

    def problem(request: Request, status: int, detail: str) -> Response:
        if request.url.path.startswith("/api") or request.url.path.endswith(".json"):
            return JSONResponse({"detail": detail}, status)
        return renderer.problem(request, status, detail)

    def broken(request: Request) -> Response:
        """The answer where the program itself failed; must not fail again."""
        detail = _("Something broke on our side. The error is in the log.")
        try:
            response = problem(request, 500, detail)
            if request.url.path.startswith("/api/"):
                # The part that opens the API to other sites lies further in.
                response.headers["Access-Control-Allow-Origin"] = "*"
            return response
        except Exception:
            log.exception("the error page failed too")
            return Response(detail, 500, media_type="text/plain")

    @app.exception_handler(StarletteHTTPException)
    def on_problem(request: Request, error: StarletteHTTPException) -> Response:
        detail = str(error.detail)
        if detail == HTTPStatus(error.status_code).phrase:
            detail = {
                404: _("There is nothing at this address."),
                405: _("This address does not take that method."),
            }.get(error.status_code, detail)
        response = problem(request, error.status_code, detail)
        for name, value in (error.headers or {}).items():
            response.headers[name] = value
        return response

    @app.exception_handler(RequestValidationError)
    def on_misunderstood(request: Request, error: RequestValidationError) -> Response:
        return problem(request, 400, _sentence(error))

    app.add_middleware(OpenApi)
    app.add_middleware(GZipMiddleware, minimum_size=800, compresslevel=6)
    app.add_middleware(Door, broken=broken)
    return app


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
    """Serve the store until interrupted. Raises ``PortInUse``.

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
                raise PortInUse(host, port) from None
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
