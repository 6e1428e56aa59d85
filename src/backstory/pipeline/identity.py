"""Which articles are the same, on plain values: keys, guids, and words that say the same.

What lies under an address belongs to the publisher of that address. Words that somebody else
says of it are kept under a key of their own, as that publisher's: they neither revise the article
of the address nor stand in its way.
"""

from __future__ import annotations

import hashlib
import re

from backstory.model.article import Article
from backstory.store.articles import Kept
from backstory.text.words import shared
from backstory.web.addresses import canonical, key, registrable_domain

GUID = re.compile(r"[A-Za-z0-9_-]{1,64}")
TELLING = 200  # characters of a text that two articles hardly share by chance
OTHER = 0.5  # fewer shared words of titles and of texts: two articles
NEARLY = 0.8  # shared words of two titles or texts that say (nearly) the same


def heard_key(speaker: str, address_key: str) -> str:
    """The key of what ``speaker`` says of an address that is not its own."""
    return f"{speaker} {address_key}"  # no key of an address holds a space


def key_of(article: Article, address_key: str) -> str:
    """The key that an article is kept under; ``address_key`` is that of its address."""
    return heard_key(article.said_by, address_key) if article.said_by else address_key


def given_key(speaker: str, given: str, own: str) -> str:
    """The key under which ``given``, that a feed of ``speaker`` led by, leads to ``own``.

    An address of somebody else may lead elsewhere for this feed alone.
    """
    domain = registrable_domain(given)
    if domain in (speaker, registrable_domain(own)):
        return key(given)
    return heard_key(speaker, key(given))


def domain_of(article: Article, address: str) -> str:
    """The registrable domain of an article's publisher; ``address`` is its canonical one."""
    return article.said_by or registrable_domain(address)


def tells(article: Article) -> bool:
    """Whether an article says enough that another one with the very same words is the same."""
    return len(article.text) >= TELLING and len(article.title) > 0


def nearly_same(kept: Kept, article: Article) -> bool:
    """Whether an article says (nearly) what one that is kept says."""
    if article.text and kept.text and len(article.text) > TELLING:
        return shared(kept.text, article.text) >= NEARLY
    return shared(kept.title, article.title) >= NEARLY


def says_else(kept: Kept, article: Article) -> bool:
    """Whether an article is surely another one than one that is kept, by title and by text."""
    return max(shared(kept.title, article.title), shared(kept.text, article.text)) < OTHER


def content(title: str, text: str) -> bytes:
    """A digest of what an article says."""
    return hashlib.blake2b(f"{title}\0{text}".encode(), digest_size=12).digest()


def hashed(address_key: str) -> str:
    """The guid that the key of an address gives."""
    return hashlib.sha256(address_key.encode()).hexdigest()[:16]


def guid_of(article: Article) -> str:
    """The guid that an article gets where nothing else has it: its own, else from its address."""
    if article.guid is not None and GUID.fullmatch(article.guid):
        return article.guid
    try:
        return hashed(key(canonical(article.url)))
    except ValueError:
        return hashed(article.url)
