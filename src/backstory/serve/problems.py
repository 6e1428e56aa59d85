"""What problems are called and what to do about them, in the reader's language.

A sentence has no capital at its beginning and no full stop at its end, as it stands in lines of
the command line too. ``%(name)s`` are the data of the problem.
"""

from __future__ import annotations

from collections.abc import Callable

from backstory.model.problems import Kind, Problem
from backstory.serve.language import gettext

LASTING = 10  # failures in a row after which waiting is no advice any more


def N_(sentence: str) -> str:
    """Marks a sentence that pages show in the reader's language (see ``make messages``)."""
    return sentence


_SENTENCES: dict[Kind, str] = {
    Kind.UNFORESEEN: N_("Backstory itself failed to read it (%(error)s)"),
    Kind.ADDRESS_EMPTY: N_("the address is empty"),
    Kind.ADDRESS_LONG: N_("the address is longer than %(most)s characters"),
    Kind.ADDRESS_SCHEME: N_("the address does not begin with http:// or https://"),
    Kind.ADDRESS_HOST: N_("the address has an invalid host (%(host)s)"),
    Kind.ADDRESS_PORT: N_("the address has an invalid port (%(port)s)"),
    Kind.NOT_PUBLIC: N_("%(host)s is not on the public internet: %(why)s"),
    Kind.OTHER_PORT: N_("port %(port)s is not one that web servers use"),
    Kind.UNRESOLVED: N_("%(host)s has no address"),
    Kind.NO_CONNECTION: N_("no connection (%(detail)s)"),
    Kind.CERTIFICATE: N_("the server’s certificate is not valid (%(detail)s)"),
    Kind.SILENT: N_("no data for %(seconds)s seconds"),
    Kind.NO_END: N_("not finished after %(seconds)s seconds"),
    Kind.BROKEN_CONNECTION: N_("the connection broke (%(detail)s)"),
    Kind.NOT_HTTP: N_("the answer is not HTTP (%(detail)s)"),
    Kind.PASSWORD: N_("the publisher asks for a password (status %(status)s)"),
    Kind.PAYMENT: N_("the publisher asks for payment (status %(status)s)"),
    Kind.FORBIDDEN: N_("the publisher refuses to answer (status %(status)s)"),
    Kind.MISSING: N_("there is no such page (status %(status)s)"),
    Kind.GONE: N_("the page is permanently gone (status %(status)s)"),
    Kind.TOO_OFTEN: N_("the publisher asks for fewer requests (status %(status)s)"),
    Kind.SERVER_FAILED: N_("the publisher’s server failed (status %(status)s)"),
    Kind.NO_PAGE: N_("no page was returned (status %(status)s)"),
    Kind.REDIRECT_NOWHERE: N_("a redirect that leads nowhere"),
    Kind.REDIRECT_ELSEWHERE: N_("a redirect to something that is not a web page (%(cause)s)"),
    Kind.REDIRECTS: N_("more than %(most)s redirects"),
    Kind.ROBOTS: N_("the publisher’s robots.txt asks not to read this page"),
    Kind.ROBOTS_UNREAD: N_("robots.txt could not be read: %(cause)s"),
    Kind.TOO_LARGE: N_("larger than %(size)s"),
    Kind.ENCODING: N_("it came in an encoding that was not requested (%(encoding)s)"),
    Kind.COMPRESSION: N_("its compression is broken (%(detail)s)"),
    Kind.CHALLENGE: N_("the publisher checks whether a person is reading"),
    Kind.PORTAL: N_("a web page, not a feed; it redirects to %(url)s"),
    Kind.EMPTY: N_("the answer is empty"),
    Kind.WEB_PAGE: N_("a web page, not a feed"),
    Kind.BROKEN_FEED: N_("the feed is too broken to read (%(detail)s)"),
    Kind.BROKEN_JSON: N_("it is JSON that cannot be read (%(detail)s)"),
    Kind.OTHER_JSON: N_("it is JSON, but not a JSON Feed"),
    Kind.NO_FEED: N_("it is neither RSS nor Atom nor JSON Feed"),
    Kind.BROKEN_SITEMAP: N_("the sitemap is too broken to read (%(detail)s)"),
    Kind.NO_SITEMAP: N_("it is not a sitemap"),
    Kind.MENDED: N_("the feed was repaired before it was read (%(detail)s, line %(line)s)"),
    Kind.PUSHED: N_("what the hub sent: %(cause)s"),
    Kind.HUB: N_("its hub %(hub)s: %(cause)s"),
    Kind.HUB_REFUSES: N_("the hub refuses: %(reason)s"),
    Kind.NO_ADDRESS: N_("an entry without an address: %(title)s"),
    Kind.SHARED_ADDRESS: N_("%(entries)s entries of the feed share this address"),
    Kind.SHARED_TEXT: N_("its page says what those of %(entries)s entries say"),
    Kind.FRONT_PAGE: N_("it leads to the front page"),
    Kind.LED_ELSEWHERE: N_("it leads to %(url)s"),
    Kind.NO_ARTICLE: N_("there is no article (%(cause)s)"),
    Kind.OTHER_TYPE: N_("not a web page (%(media_type)s)"),
    Kind.ERROR_PAGE: N_("an error page"),
    Kind.ROBOT_PAGE: N_("a page that excludes robots"),
    Kind.CONSENT: N_("a consent wall"),
    Kind.NO_TEXT: N_("the page has no text"),
    Kind.KILLED: N_(
        "the process that read it did not finish in %(seconds)s seconds and was stopped"
    ),
    Kind.DIED: N_("the process that read it crashed (%(detail)s)"),
    Kind.UNHANDABLE: N_("what was read could not be passed on"),
}
# Where the datum in brackets is missing or another one stands there.
_WITHOUT: dict[Kind, str] = {
    Kind.PORTAL: N_("the network asks for a login first (status %(status)s)"),
    Kind.ADDRESS_HOST: N_("the address has no host"),
    Kind.BROKEN_SITEMAP: N_("the sitemap is too broken to read"),
    Kind.HUB_REFUSES: N_("the hub refuses and gives no reason"),
    Kind.NO_CONNECTION: N_("no connection within %(seconds)s seconds"),
}
_WITH: dict[Kind, str] = {
    Kind.ADDRESS_SCHEME: N_("addresses that begin with “%(scheme)s” are not read"),
    Kind.UNRESOLVED: N_("%(host)s has no address (%(detail)s)"),
    Kind.UNFORESEEN: N_("Backstory itself failed to read it (%(error)s: %(detail)s)"),
    Kind.WEB_PAGE: N_("a web page, not a feed; it names %(feed)s"),
}

# What the codes of a datum mean. Words of other programs, and those that an older version stored,
# are shown as they are.
_CODES: dict[tuple[Kind, str], dict[str, str]] = {
    (Kind.NOT_PUBLIC, "why"): {
        "loopback": N_("%(address)s is a loopback address"),
        "private": N_("%(address)s is a private address"),
        "shared": N_("%(address)s is an address shared behind a provider"),
        "unspecified": N_("%(address)s is an unspecified address"),
        "link-local": N_("%(address)s is a link-local address"),
        "reserved": N_("%(address)s is a reserved address"),
        "documentation": N_("%(address)s is a documentation address"),
        "6to4-relay": N_("%(address)s is a 6to4 relay"),
        "benchmarking": N_("%(address)s is a benchmarking address"),
        "multicast": N_("%(address)s is a multicast address"),
        "ipv4-mapped": N_("%(address)s is an IPv4-mapped address"),
        "ipv4-compatible": N_("%(address)s is an IPv4-compatible or unspecified address"),
        "nat64": N_("%(address)s is a NAT64 address"),
        "nat64-closed": N_("%(address)s is a NAT64 address of one that is not public"),
        "discard": N_("%(address)s is a discard address"),
        "teredo": N_("%(address)s is a Teredo address"),
        "6to4": N_("%(address)s is a 6to4 address"),
        "site-local": N_("%(address)s is a site-local address"),
        "socket": N_("a socket"),
    },
    (Kind.MENDED, "detail"): {
        "bare-ampersand": N_("an unescaped ampersand"),
        "control-character": N_("a control character"),
        "split-character": N_("a character in two halves"),
        "no-character": N_("a reference to no character"),
    },
    (Kind.UNRESOLVED, "detail"): {"no-such-name": N_("no such name")},
    (Kind.DIED, "detail"): {"not-started": N_("its process could not be started")},
}

_WAIT = N_("Nothing: it is retried automatically, at growing intervals.")
_MOVED = N_(
    "It has been failing for a long time: check whether the publisher moved it, or remove it."
)
_PRIVATE = N_("It is for subscribers: ask the publisher for an address of your own.")
_BROKEN = N_("Tell the publisher that the feed is broken, or add another of theirs.")
_SPELLING = N_("Check the spelling; if the publisher is gone, remove it.")
_SETTING = N_("Set --contact, so that the publisher knows who asks, or write to them.")
_OTHER = N_("That address is not a feed: remove it, or add another of theirs.")
_BROWSER = N_("Open the address in a browser, and add the one that it leads to.")
_PARSER = N_("The feed crashes the parser: tell the publisher, or remove it.")

# What to do about each kind; what is not named here passes by itself.
_ADVICE: dict[Kind, str] = {
    Kind.GONE: N_("The publisher ended this feed: remove it, or look for another of theirs."),
    Kind.MISSING: N_("Look for the feed’s new address on the publisher’s site, and add that."),
    Kind.PASSWORD: N_(
        "If you have a name and password, add it again as https://name:password@…; they are never "
        "shown. Otherwise, ask the publisher for an address of your own."
    ),
    Kind.PAYMENT: _PRIVATE,
    Kind.FORBIDDEN: _SETTING,
    Kind.CHALLENGE: N_(
        "The publisher blocks programs: write to them, or look for another feed of theirs."
    ),
    Kind.PORTAL: N_(
        "If this machine’s network has a login page, log in there; otherwise, look for the feed’s "
        "new address."
    ),
    Kind.NOT_PUBLIC: N_("No publisher has such an address: check it, or remove the feed."),
    Kind.OTHER_PORT: N_("No feeds are read from this port: remove it."),
    Kind.UNRESOLVED: _SPELLING,
    Kind.ADDRESS_EMPTY: _SPELLING,
    Kind.ADDRESS_LONG: _SPELLING,
    Kind.ADDRESS_SCHEME: _SPELLING,
    Kind.ADDRESS_HOST: _SPELLING,
    Kind.ADDRESS_PORT: _SPELLING,
    Kind.CERTIFICATE: N_(
        "Check whether this machine’s clock is right; if it is, tell the publisher."
    ),
    Kind.REDIRECT_NOWHERE: _BROWSER,
    Kind.REDIRECT_ELSEWHERE: _BROWSER,
    Kind.REDIRECTS: _BROWSER,
    Kind.TOO_LARGE: N_("It is larger than a feed should be: look for one with fewer entries."),
    Kind.ENCODING: N_(
        "Tell the publisher that their server sends an encoding that was not requested."
    ),
    Kind.COMPRESSION: _BROKEN,
    Kind.EMPTY: N_("Tell the publisher that the feed is empty."),
    Kind.WEB_PAGE: N_("Look for the feed’s address on that page, and add it."),
    Kind.BROKEN_FEED: _BROKEN,
    Kind.NO_ADDRESS: _BROKEN,
    Kind.BROKEN_JSON: _BROKEN,
    Kind.BROKEN_SITEMAP: _BROKEN,
    Kind.OTHER_JSON: _OTHER,
    Kind.NO_FEED: _OTHER,
    Kind.NO_SITEMAP: N_("That address is not a sitemap: remove it, or add another of theirs."),
    Kind.KILLED: N_("The feed makes the parser hang: tell the publisher, or remove it."),
    Kind.DIED: _PARSER,
    Kind.UNHANDABLE: _PARSER,
    Kind.UNFORESEEN: N_(
        "This is a bug in Backstory: please report it with the address of the feed. All other "
        "feeds continue."
    ),
}
_OWN = N_("If it is your own, allow it with --allow-private.")
_NAMED = N_("Add the address that is named, and remove this one.")


def sentence(problem: Problem) -> str:
    """What is wrong, on one line."""
    if problem.kind is Kind.SAID:
        return str(problem.get("sentence") or "")
    return filled(_template(problem), problem, sentence)


def known(kind: Kind) -> bool:
    """Whether there is a sentence here; what only the command line tells has its own there."""
    return kind is Kind.SAID or kind in _SENTENCES


def advice(problem: Problem, failures: int) -> str:
    """What to do about a problem that came up so many times in a row."""
    if problem.kind is Kind.WEB_PAGE and problem.get("feed"):
        return gettext(_NAMED)
    if problem.kind is Kind.NOT_PUBLIC and problem.get("private") != 0:
        return gettext(_OWN)
    found = _ADVICE.get(problem.kind, _WAIT)
    return gettext(_MOVED if found is _WAIT and failures >= LASTING else found)


def _template(problem: Problem) -> str:
    kind = problem.kind
    if kind in _WITH and problem.get(_last(_WITH[kind])):
        return gettext(_WITH[kind])
    if kind in _WITHOUT and not problem.get(_last(_SENTENCES[kind])):
        return gettext(_WITHOUT[kind])
    return gettext(_SENTENCES[kind])


def _last(template: str) -> str:
    """The name of the last datum of a sentence, which decides whether it fits."""
    return template.rpartition("%(")[2].partition(")")[0]


def filled(template: str, problem: Problem, tell: Callable[[Problem], str]) -> str:
    """A sentence with the problem's data in it, and its cause as ``tell`` says it."""
    words = {name: f"{value:g}" if isinstance(value, float) else str(value)
             for name, value in problem.data}  # fmt: skip
    size = problem.get("bytes")
    if isinstance(size, int):
        words["size"] = f"{size / 1e6:g} MB" if size >= 1_000_000 else f"{size:,} bytes"
    words["cause"] = "" if problem.cause is None else tell(problem.cause)
    for (kind, name), meanings in _CODES.items():
        meaning = meanings.get(words.get(name, "")) if kind is problem.kind else None
        if meaning is not None:
            words[name] = gettext(meaning) % _Words(words)
    return template % _Words(words)


class _Words(dict[str, str]):
    """What is not known of a problem that an older version stored is left out."""

    def __missing__(self, name: str) -> str:
        return "?"
