"""What goes wrong with things from outside, told by its kind and the data to act on.

A problem is made where it happens and says no sentence: those, and the advice that goes with
them, are made where somebody reads them (``serve/problems.py``, ``cli/problems.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LONGEST = 300  # characters of one datum: what comes from outside may be a megabyte

Datum = str | int | float


class Kind(StrEnum):
    """What went wrong; beside each the data that goes with it.

    Kinds are stored: one that is renamed needs a migration.
    """

    # Anything. ``said``: a sentence that an older version stored, or another program told.
    SAID = "said"  # sentence
    UNFORESEEN = "unforeseen"  # error: the name of its type; detail
    STUMBLED = "stumbled"  # seconds until it is tried again; its cause

    # An address
    ADDRESS_EMPTY = "address-empty"
    ADDRESS_LONG = "address-long"  # most: characters
    ADDRESS_SCHEME = "address-scheme"  # scheme, "" where it is missing
    ADDRESS_HOST = "address-host"  # host
    ADDRESS_PORT = "address-port"  # port

    # The way to a server
    NOT_PUBLIC = "not-public"  # host, address, why: a code; private: 1 if a setting may open it
    OTHER_PORT = "other-port"  # port
    UNRESOLVED = "unresolved"  # host, detail: a code, or words of the system; may be ""
    NO_CONNECTION = "no-connection"  # seconds or detail
    CERTIFICATE = "certificate"  # detail
    SILENT = "silent"  # seconds
    NO_END = "no-end"  # seconds
    BROKEN_CONNECTION = "broken-connection"  # detail
    NOT_HTTP = "not-http"  # detail

    # Its answer
    PASSWORD = "password"  # noqa: S105  # status
    PAYMENT = "payment"  # status
    FORBIDDEN = "forbidden"  # status
    MISSING = "missing"  # status
    GONE = "gone"  # status
    TOO_OFTEN = "too-often"  # status
    SERVER_FAILED = "server-failed"  # status
    NO_PAGE = "no-page"  # status
    REDIRECT_NOWHERE = "redirect-nowhere"
    REDIRECT_ELSEWHERE = "redirect-elsewhere"  # its cause: what is wrong with the address
    REDIRECTS = "redirects"  # most
    ROBOTS = "robots"
    ROBOTS_UNREAD = "robots-unread"  # its cause
    TOO_LARGE = "too-large"  # bytes
    ENCODING = "encoding"  # encoding
    COMPRESSION = "compression"  # detail
    CHALLENGE = "challenge"  # status, where it is the answer's
    PORTAL = "portal"  # url: where a request for a feed was led, or status

    # A feed
    EMPTY = "empty"
    WEB_PAGE = "web-page"  # feed: the address that the page names, if any
    BROKEN_FEED = "broken-feed"  # detail
    BROKEN_JSON = "broken-json"  # detail
    OTHER_JSON = "other-json"
    NO_FEED = "no-feed"
    BROKEN_SITEMAP = "broken-sitemap"  # detail
    NO_SITEMAP = "no-sitemap"
    MENDED = "mended"  # detail: a code, or words of the JSON parser; line
    PUSHED = "pushed"  # its cause: what the feed's hub sent
    HUB = "hub"  # hub; its cause
    HUB_REFUSES = "hub-refuses"  # reason

    # An entry and its page
    NO_ADDRESS = "no-address"  # title
    SHARED_ADDRESS = "shared-address"  # entries: how many
    SHARED_TEXT = "shared-text"  # entries: how many
    FRONT_PAGE = "front-page"
    LED_ELSEWHERE = "led-elsewhere"  # url
    NO_ARTICLE = "no-article"  # its cause
    OTHER_TYPE = "other-type"  # media_type
    ERROR_PAGE = "error-page"
    ROBOT_PAGE = "robot-page"
    CONSENT = "consent"
    NO_TEXT = "no-text"

    # A process that reads
    KILLED = "killed"  # seconds
    DIED = "died"  # detail: a code, or words of the system
    UNHANDABLE = "unhandable"

    # A file, a line, a record
    NOT_JSON = "not-json"  # detail
    NOT_AN_OBJECT = "not-an-object"
    UTF_16 = "utf-16"
    LINE_LONG = "line-long"  # bytes
    FIELD_MISSING = "field-missing"  # field
    FIELD_TYPE = "field-type"  # field, wanted
    FIELD_DATE = "field-date"  # field, stated
    FIELD_ADDRESS = "field-address"  # field; its cause
    NOTHING_SAID = "nothing-said"
    BROKEN_FILE = "broken-file"  # detail
    BROKEN_RECORD = "broken-record"  # detail
    UNTYPED_RECORD = "untyped-record"
    PAGE_LOST = "page-lost"  # url; its cause
    RESUMED = "resumed"  # record
    NOT_OPML = "not-opml"  # detail, "" where it has no outlines
    NOT_A_MARK = "not-a-mark"  # mark
    NOT_FOLLOWING = "not-following"  # path
    FOLLOWING_VERSION = "following-version"  # path, version
    NOT_AN_EDITION = "not-an-edition"  # edition

    # A picture
    PIXELS_MANY = "pixels-many"  # width, height
    PIXELS_FEW = "pixels-few"  # width, height
    BROKEN_PICTURE = "broken-picture"  # detail

    # This instance
    NO_STORE = "no-store"  # path
    NO_FOLDER = "no-folder"  # path, folder
    NO_PERMISSION = "no-permission"  # path
    STORE_CLOSED = "store-closed"  # path, detail
    NOT_A_STORE = "not-a-store"  # path, detail
    STORE_ADDRESS = "store-address"  # url, example
    STORE_NEWER = "store-newer"  # path, version, known
    STORE_FOREIGN = "store-foreign"  # path
    LEASE_LOST = "lease-lost"  # stage
    WAITING = "waiting"  # stage, holder
    PORT_IN_USE = "port-in-use"  # host, port
    NO_EMBEDDER = "no-embedder"
    OTHER_EMBEDDER = "other-embedder"  # name, known
    MODEL = "model"  # address, detail: a code with status, bytes or seconds; or an error's words
    NO_SUMMARY = "no-summary"  # model, seconds; its cause
    COMMAND = "command"  # line


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong: what kind, with the data to act on, and what caused it."""

    kind: Kind
    data: tuple[tuple[str, Datum], ...] = ()
    cause: Problem | None = None

    def get(self, name: str) -> Datum | None:
        """A datum by its name; None where there is none."""
        return next((value for key, value in self.data if key == name), None)

    def __str__(self) -> str:
        told = ", ".join(f"{name} {value}" for name, value in self.data)
        cause = f": {self.cause}" if self.cause is not None else ""
        return f"{self.kind}{f' ({told})' if told else ''}{cause}"


@dataclass(frozen=True, slots=True)
class Report:
    """A problem and whose it is: ``things`` from the outermost in, as a feed and its entry."""

    things: tuple[str, ...]
    problem: Problem

    def of(self, thing: str) -> Report:
        """The same, seen from further out."""
        return Report((thing, *self.things), self.problem)


def problem(kind: Kind, cause: Problem | None = None, /, **data: Datum) -> Problem:
    """A problem of a kind. Words are put on one line and cut, as they come from outside."""
    return Problem(kind, tuple((name, _bounded(value)) for name, value in data.items()), cause)


def unforeseen(error: BaseException) -> Problem:
    """What nobody foresaw: an error that is none of ours, told by its type and words."""
    if isinstance(error, RecursionError | MemoryError):
        return problem(Kind.UNFORESEEN, error=type(error).__name__, detail="")
    return problem(Kind.UNFORESEEN, error=type(error).__name__, detail=str(error)[:LONGEST])


def _bounded(value: Datum) -> Datum:
    if not isinstance(value, str):
        return value
    line = " ".join(value[: 4 * LONGEST].split())[:LONGEST]
    return line.encode("utf-8", "replace").decode()  # half a character can be stored nowhere
