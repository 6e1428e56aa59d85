"""What a reader can do about a feed that fails: one plain sentence for each kind of problem."""

from __future__ import annotations


def N_(sentence: str) -> str:
    """Marks a sentence that pages show in the reader's language (see ``make messages``)."""
    return sentence


_WAIT = N_("Nothing: it is asked again by itself, less often each time.")
_MOVED = N_("It has failed for long: look whether the publisher moved it, or remove it.")
_PRIVATE = N_("It is for subscribers: ask the publisher for an address of your own.")
_BROKEN = N_("Tell the publisher that the feed is broken, or add another of theirs.")

# Words of a problem, as fetching and parsing tell it, and what to do; the first that fits counts.
_ADVICE = (
    ("it names http", N_("Add the address that is named, and remove this one.")),
    (
        "gone for good",
        N_("The publisher ended this feed: remove it, or look for another of theirs."),
    ),
    (
        "no such page",
        N_("Look for the feed’s new address on the publisher’s site, and add that."),
    ),
    ("asks for a password", _PRIVATE),
    ("asks for payment", _PRIVATE),
    (
        "refuses to answer",
        N_("Set --contact, so that the publisher knows who asks, or write to them."),
    ),
    ("fewer requests", _WAIT),
    ("server failed", _WAIT),
    ("not of the public internet", N_("If it is your own, allow it with --allow-private.")),
    ("is no web server's", N_("No feeds are read from this port: remove it.")),
    ("has no address", N_("Check the spelling; if the publisher is gone, remove it.")),
    ("redirect", N_("Open the address in a browser, and add the one that it ends at.")),
    (
        "larger than",
        N_("It is larger than a feed should be: look for one with fewer entries."),
    ),
    (
        "killed after",
        N_("The feed makes the parser hang: tell the publisher, or remove it."),
    ),
    (
        "process that read it died",
        N_("The feed breaks the parser: tell the publisher, or remove it."),
    ),
    (
        "a web page, not a feed",
        N_("Look for the feed’s address on that page, and add it."),
    ),
    ("too broken to read", _BROKEN),
    ("JSON", _BROKEN),
    (
        "neither RSS",
        N_("What stands there is no feed: remove it, or add another of theirs."),
    ),
    ("the answer is empty", N_("Tell the publisher that the feed is empty.")),
    (
        "no sitemap",
        N_("What stands there is no sitemap: remove it, or add another of theirs."),
    ),
    ("no connection", _WAIT),
    ("nothing came", _WAIT),
    ("no end after", _WAIT),
    ("connection broke", _WAIT),
    ("not HTTP", _WAIT),
)
LASTING = 10  # failures in a row after which waiting is no advice any more


def advice(problem: str, failures: int) -> str:
    """What to do about a problem that came up so many times in a row."""
    found = next((told for words, told in _ADVICE if words in problem), _WAIT)
    return _MOVED if found is _WAIT and failures >= LASTING else found
