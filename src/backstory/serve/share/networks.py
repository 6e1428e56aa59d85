"""Where readers share a page: plain links to the usual networks, nothing of theirs on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

Made = Callable[[str, str], str]  # from the page's address and title, both quoted

NETWORKS: dict[str, Made] = {
    "Mastodon": lambda url, title: f"https://share.joinmastodon.org/#text={title}%20{url}",
    "Bluesky": lambda url, title: f"https://bsky.app/intent/compose?text={title}%20{url}",
    "WhatsApp": lambda url, title: f"https://wa.me/?text={title}%20{url}",
    "Telegram": lambda url, title: f"https://t.me/share/url?url={url}&text={title}",
    "X": lambda url, title: f"https://x.com/intent/post?url={url}&text={title}",
    "Reddit": lambda url, title: f"https://www.reddit.com/submit?url={url}&title={title}",
    "Facebook": lambda url, title: f"https://www.facebook.com/sharer/sharer.php?u={url}",
    "LinkedIn": lambda url, title: f"https://www.linkedin.com/sharing/share-offsite/?url={url}",
    "Hacker News": lambda url, title: f"https://news.ycombinator.com/submitlink?u={url}&t={title}",
}


@dataclass(frozen=True, slots=True)
class Network:
    name: str
    address: str


def networks(url: str, title: str) -> tuple[Network, ...]:
    """Links that open each network's own form with this page filled in."""
    address, words = quote(url, safe=""), quote(title, safe="")
    return tuple(Network(name, make(address, words)) for name, make in NETWORKS.items())


def by_mail(url: str, title: str) -> str:
    """A ``mailto:`` with subject and address (RFC 6068)."""
    return f"mailto:?subject={quote(title, safe='')}&body={quote(url, safe='')}"
