"""WebSub (W3C Recommendation of 2018-01-23) as plain functions: what to ask, what to believe."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

LEASE = 10 * 24 * 3600  # seconds that a hub is asked for; it grants what it likes
SHORTEST_LEASE = 60
LONGEST_LEASE = 90 * 24 * 3600
_METHODS = ("sha1", "sha256", "sha384", "sha512")  # section 7.1


def subscription(topic: str, callback: str, secret: str) -> Mapping[str, str]:
    """The form that asks a hub to push a topic (section 5.1)."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": topic,
        "hub.callback": callback,
        "hub.secret": secret,
        "hub.lease_seconds": str(LEASE),
    }


def lease(stated: str | None) -> int:
    """The seconds that a hub grants, within reason; what was asked for where it says nothing."""
    if stated is None or not stated.isascii() or not stated.isdigit():
        return LEASE
    return min(max(int(stated[:12]), SHORTEST_LEASE), LONGEST_LEASE)


def is_signed(secret: str, signature: str | None, body: bytes) -> bool:
    """Whether an ``X-Hub-Signature`` (``sha256=…``) is that of the body under the secret."""
    method, _, digest = (signature or "").strip().partition("=")
    method = method.lower()
    if method not in _METHODS or not digest.isascii():
        return False
    expected = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    return hmac.compare_digest(expected, digest.strip().lower())
