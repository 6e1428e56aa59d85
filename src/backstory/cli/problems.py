"""Problems as lines of the command line, in English: those that readers see too are told in the
words of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backstory.model.problems import Kind, Problem, Report
from backstory.serve import problems as shown

if TYPE_CHECKING:
    from backstory.collect.jsonl import BadLine

_SENTENCES: dict[Kind, str] = {
    Kind.STUMBLED: "something failed (%(cause)s); trying again in %(seconds)s seconds",
    Kind.NOT_JSON: "not JSON: %(detail)s",
    Kind.NOT_AN_OBJECT: "not a JSON object",
    Kind.UTF_16: "the file is UTF-16: article JSONL is UTF-8",
    Kind.LINE_LONG: "the line is longer than %(size)s",
    Kind.FIELD_MISSING: "no %(field)s",
    Kind.FIELD_TYPE: "%(field)s is not %(wanted)s",
    Kind.FIELD_DATE: "%(field)s is not an ISO 8601 date: '%(stated)s'",
    Kind.FIELD_ADDRESS: "%(field)s: %(cause)s",
    Kind.NOTHING_SAID: "the title is empty, and there is neither text nor summary",
    Kind.BROKEN_FILE: "the file is broken here (%(detail)s)",
    Kind.BROKEN_RECORD: "the record is broken (%(detail)s)",
    Kind.UNTYPED_RECORD: "no WARC-Type: not a whole record",
    Kind.PAGE_LOST: "%(url)s: %(cause)s",
    Kind.RESUMED: (
        "continuing after record %(record)s, where an earlier import of this file stopped"
    ),
    Kind.NOT_OPML: "not OPML: %(detail)s",
    Kind.NOT_A_MARK: "not a page link of a list: '%(mark)s'",
    Kind.NOT_FOLLOWING: "%(path)s: not a list saved from the Following page",
    Kind.FOLLOWING_VERSION: "%(path)s: version %(version)s cannot be read, only version 1",
    Kind.NOT_AN_EDITION: "'%(edition)s' is not an edition",
    Kind.PIXELS_MANY: "%(width)s by %(height)s pixels are too many",
    Kind.PIXELS_FEW: "%(width)s by %(height)s pixels are too few",
    Kind.BROKEN_PICTURE: "the picture cannot be read (%(detail)s)",
    Kind.NO_STORE: (
        "no store at %(path)s; create one with 'backstory init' or choose another with --store"
    ),
    Kind.NO_FOLDER: "cannot open store %(path)s: no folder %(folder)s",
    Kind.NO_PERMISSION: "cannot open store %(path)s: no permission, or not a file",
    Kind.STORE_CLOSED: "cannot open store %(path)s: %(detail)s",
    Kind.NOT_A_STORE: "%(path)s is not a Backstory store (%(detail)s); choose another with --store",
    Kind.STORE_ADDRESS: "not a store: '%(url)s'; a store's address looks like %(example)s",
    Kind.STORE_FOREIGN: (
        "%(path)s is a database of another program; choose another file with --store"
    ),
    Kind.STORE_NEWER: (
        "store %(path)s is from a newer version (%(version)s) than this Backstory (%(known)s); "
        "upgrade Backstory or choose another store with --store"
    ),
    Kind.LEASE_LOST: "another process took over the stage '%(stage)s'",
    Kind.WAITING: "waiting for %(holder)s, which is working on the stage '%(stage)s'",
    Kind.PORT_IN_USE: "port %(port)s on %(host)s is in use; choose another with --port",
    Kind.NO_EMBEDDER: "the embedder is not installed: pip install 'backstory[embedder]'",
    Kind.OTHER_EMBEDDER: "BACKSTORY_EMBEDDER: unknown embedder '%(name)s'; use '%(known)s'",
    Kind.MODEL: "%(address)s: %(detail)s",
    Kind.NO_SUMMARY: "no summary from %(model)s: %(cause)s; trying again in %(seconds)s s",
    Kind.COMMAND: "%(line)s",
}
_OF_MODEL = {  # by the codes that stand as the detail of what a model did
    "status": "%(address)s: answered %(status)s",
    "long": "%(address)s: answered more than %(bytes)s bytes",
    "slow": "%(address)s: took more than %(seconds)s s",
    "other-form": "%(address)s: did not answer as OpenAI's chat completions do",
}


def sentence(problem: Problem) -> str:
    """What is wrong, on one line."""
    if shown.known(problem.kind):
        return shown.sentence(problem)
    if problem.kind is Kind.NOT_OPML and not problem.get("detail"):
        return "not OPML: it has no outlines"
    template = _SENTENCES[problem.kind]
    if problem.kind is Kind.MODEL:
        template = _OF_MODEL.get(str(problem.get("detail")), template)
    return shown.filled(template, problem, sentence)


def line_of(told: Report | BadLine) -> str:
    """A problem and whose it is, on one line."""
    if isinstance(told, Report):
        return ": ".join((*told.things, sentence(told.problem)))
    return f"{told.file}, {told.unit} {told.line}: {sentence(told.problem)}"
