"""What every request passes on its way in and out: language, headers, HEAD, the last resort."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backstory.serve.language import language, speaking, wanted

log = logging.getLogger("backstory.serve")

# Nothing but this instance's own files; no inline script or style anywhere.
POLICY = "; ".join(
    [
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "font", "connect")),
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

COOKIE = "lang"  # the one cookie there is: the language that a reader chose


def asked_language(scope: Scope) -> str | None:
    """The language that the address itself asks for."""
    query: bytes = scope.get("query_string", b"")
    return next(iter(parse_qs(query.decode("latin-1")).get("lang", [])), None)


def language_of(request: Request) -> str:
    """Data for programs says the same to all who ask at one address; pages heed the reader."""
    asked = asked_language(request.scope)
    path = request.url.path
    if path.startswith(("/api/", "/openapi")) or path.endswith((".atom", ".rss", ".json")):
        return wanted(asked, None, None)
    return wanted(asked, request.cookies.get(COOKIE), request.headers.get("accept-language"))


class OutermostMiddleware:
    """Language, security headers and HEAD for all; the last resort where an answer fails.

    ``broken``: makes the answer where the program itself failed.
    """

    def __init__(self, app: ASGIApp, broken: Callable[[Request], Response]) -> None:
        self.app = app
        self.broken = broken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False
        head = scope["method"] == "HEAD"
        if head:
            # Answered as GET; the body is left out below.
            scope = {**scope, "method": "GET"}

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                framed = "content-security-policy" in headers  # a page that says who frames it
                for name, value in HEADERS.items():
                    if not (framed and name == "X-Frame-Options"):
                        headers.setdefault(name, value)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.setdefault("Content-Language", language())
                    headers.add_vary_header("Accept-Language")
                    headers.add_vary_header("Cookie")
                    if asked_language(scope) == language():
                        headers.append(
                            "Set-Cookie",
                            f"{COOKIE}={language()}; Path=/; Max-Age=31536000; SameSite=Lax",
                        )
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        with speaking(language_of(Request(scope))):
            try:
                await self.app(scope, receive, send_with_headers)
            except Exception:
                log.exception("an error while answering %s", scope.get("path"))
                if started:
                    raise
                await self.broken(Request(scope))(scope, receive, send_with_headers)


class ApiCors:
    """Cross-origin requests are open for the API and its description, and only there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.shared = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "POST", "HEAD", "OPTIONS"],
            allow_headers=["*"],
            max_age=86400,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        is_open = path.startswith("/api/") or path == "/openapi.json"
        await (self.shared if is_open else self.app)(scope, receive, send)
