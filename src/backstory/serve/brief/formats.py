"""A brief as text, Markdown, HTML, JSON and as a mail."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from markupsafe import Markup

from backstory.archive.briefs import Brief, BriefStory, Followed, Section
from backstory.model.errors import Unreadable, unreadable
from backstory.model.problems import Kind
from backstory.model.views import StoryLine, TopicRef
from backstory.serve.countries import country_name
from backstory.serve.formatting import clean, day_words, publishers, web_address
from backstory.serve.http.parameters import view_code
from backstory.serve.language import gettext as _
from backstory.serve.language import pgettext

WIDTH = 76  # of a line of text


def read_followed(path: Path) -> Followed:
    """What the following page exported: ``{"version": 1, "follow": [...], "mute": [...]}``.

    Unreadable: another file. OSError: none that can be read.
    """
    try:
        given = json.loads(path.read_text("utf-8"))
        if given["version"] != 1:
            raise unreadable(Kind.FOLLOWING_VERSION, path=str(path), version=str(given["version"]))
        return _followed(list(given.get("follow", [])), list(given.get("mute", [])))
    except Unreadable:
        raise
    except (KeyError, TypeError, AttributeError, ValueError):
        raise unreadable(Kind.NOT_FOLLOWING, path=str(path)) from None


def _followed(follow: list[dict[str, str]], mute: list[dict[str, str]]) -> Followed:
    topics: list[TopicRef] = []
    tags: list[tuple[str | None, str, str]] = []
    sources: list[tuple[str, str]] = []
    searches: list[tuple[str | None, str]] = []
    for one in follow:
        address = urlsplit(one["path"])
        parts = [unquote(part) for part in address.path.strip("/").split("/")]
        name = clean(one.get("name") or parts[-1])
        match parts:
            case ["topic", topic]:
                topics.append(TopicRef(topic, name))
            case ["source", domain]:
                sources.append((domain, name))
            case [edition, "tag", slug]:
                tags.append((_edition(edition), slug, name))
            case [edition, "search"]:
                words = dict(parse_qsl(address.query)).get("q", "")
                if words:
                    searches.append((_edition(edition), words))
    muted: dict[str, set[str]] = {}
    for one in mute:
        muted.setdefault(one["kind"], set()).add(one["id"])
    return Followed(
        tuple(topics),
        tuple(tags),
        tuple(sources),
        tuple(searches),
        frozenset(muted.get("topic", ())),
        frozenset(muted.get("tag", ())),
        frozenset(muted.get("source", ())),
    )


def _edition(text: str) -> str | None:
    from fastapi import HTTPException

    try:
        return view_code(text)
    except HTTPException:
        raise unreadable(Kind.NOT_AN_EDITION, edition=text) from None


# ---------------------------------------------------------------- words


def title(brief: Brief) -> str:
    where = country_name(brief.edition) if brief.edition else _("World")
    return f"Backstory · {where} · {day_words(brief.at.date())}"


def heading(section: Section) -> str:
    if section.kind == "day":
        return _("The day’s stories")
    if section.kind == "search":
        return f"{pgettext('noun', 'Search')}: {section.name}"
    return clean(section.name)


def _link(told: BriefStory, base: str | None) -> str | None:
    if base:
        return f"{base.rstrip('/')}/story/{quote(told.story, safe='')}"
    return web_address(told.url)


def _facts(told: BriefStory) -> str:
    shown = [clean(source) for source in told.sources[:3]]
    if len(told.sources) > len(shown):
        return f"{publishers(len(told.sources))}: {', '.join(shown)}, …"
    return ", ".join(shown)


def _when(line: StoryLine) -> str:
    return day_words((line.published.at if line.published else line.order).date())


def _nothing(brief: Brief) -> str:
    if brief.first:
        return _("Nothing new since %(day)s.") % {"day": day_words(brief.since.date())}
    return _("Nothing new since the last brief.")


# ---------------------------------------------------------------- formats


def text(brief: Brief, base: str | None = None) -> str:
    lines = [title(brief), "=" * len(title(brief))]
    if not brief.sections:
        lines += ["", _nothing(brief)]
    for section in brief.sections:
        lines += ["", heading(section).upper(), ""]
        for told in section.stories:
            lines += textwrap.wrap(clean(told.headline), WIDTH, initial_indent="* ",
                                   subsequent_indent="  ")  # fmt: skip
            body = [clean(told.summary), _facts(told)]
            for paragraph in body:
                lines += textwrap.wrap(paragraph, WIDTH, initial_indent="  ",
                                       subsequent_indent="  ")  # fmt: skip
            if link := _link(told, base):
                lines.append(f"  {link}")
            lines += [f"    {line}" for line in _before_text(told)]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _before_text(told: BriefStory) -> Iterator[str]:
    if not told.before:
        yield _("Before this: nothing earlier in this archive.")
        return
    yield _("Before this") + ":"
    for line in told.before:
        yield f"{_when(line)}  {clean(line.headline)}"


def _escaped(words: str) -> str:
    """Text that Markdown leaves as it is."""
    plain = " ".join(clean(words).split())
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|!~" else sign for sign in plain)


def markdown(brief: Brief, base: str | None = None) -> str:
    lines = [f"# {_escaped(title(brief))}"]
    if not brief.sections:
        lines += ["", _nothing(brief)]
    for section in brief.sections:
        lines += ["", f"## {_escaped(heading(section))}"]
        for told in section.stories:
            link = _link(told, base)
            name = _escaped(told.headline)
            lines += ["", f"### [{name}](<{quote(link, safe=_URL)}>)" if link else f"### {name}"]
            if told.summary:
                lines += ["", _escaped(told.summary)]
            lines += ["", f"*{_escaped(_facts(told))}*", ""]
            if told.before:
                lines.append(_("Before this") + ":\n")
                lines += [f"- {_when(one)}: {_escaped(one.headline)}" for one in told.before]
            else:
                lines.append(_("Before this: nothing earlier in this archive."))
    return "\n".join(lines) + "\n"


_URL = ":/?#[]@!$&'()*+,;=%~"
_STYLE = "font:16px/1.5 Georgia,serif;color:#1b1a18;background:#fffdf9;max-width:40em;margin:1em"


def html(brief: Brief, base: str | None = None) -> str:
    """A page with its few styles inside, as mail programs want it."""
    parts = [Markup("<h1>{}</h1>").format(title(brief))]
    if not brief.sections:
        parts.append(Markup("<p>{}</p>").format(_nothing(brief)))
    for section in brief.sections:
        parts.append(Markup("<h2>{}</h2>").format(heading(section)))
        for told in section.stories:
            link = _link(told, base)
            name = Markup('<a href="{}" style="color:#1b1a18">{}</a>').format(link, told.headline)
            parts.append(Markup("<h3>{}</h3>").format(name if link else told.headline))
            if told.summary:
                parts.append(Markup("<p>{}</p>").format(told.summary))
            facts = Markup('<p style="color:#67625a">{}</p>').format(_facts(told))
            parts.append(facts)
            if told.before:
                items = Markup("").join(
                    Markup("<li>{}: {}</li>").format(_when(one), one.headline)
                    for one in told.before
                )
                parts.append(Markup("<p>{}</p><ul>{}</ul>").format(_("Before this"), items))
            else:
                nothing = _("Before this: nothing earlier in this archive.")
                parts.append(Markup("<p>{}</p>").format(nothing))
    body = Markup("\n").join(parts)
    page = Markup(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{}</title></head>'
        '\n<body style="{}">\n{}\n</body></html>\n'
    ).format(title(brief), _STYLE, body)
    return clean(str(page))


def data(brief: Brief, base: str | None = None) -> dict[str, Any]:
    """The brief as an object of JSON."""
    return {
        "edition": brief.edition,
        "since": brief.since.isoformat(timespec="seconds"),
        "at": brief.at.isoformat(timespec="seconds"),
        "sections": [
            {
                "kind": section.kind,
                "name": section.name,
                "stories": [
                    {
                        "story": told.story,
                        "headline": told.headline,
                        "summary": told.summary,
                        "url": _link(told, base),
                        "sources": list(told.sources),
                        "first_published": told.first.isoformat(timespec="seconds"),
                        "topic": {"id": told.topic.id, "name": told.topic.name}
                        if told.topic
                        else None,
                        "before": [
                            {
                                "story": one.story,
                                "headline": one.headline,
                                "published": one.published.iso() if one.published else None,
                            }
                            for one in told.before
                        ],
                    }
                    for told in section.stories
                ],
            }
            for section in brief.sections
        ],
    }


def mail(
    brief: Brief, sender: str, to: str, now: datetime, base: str | None = None
) -> EmailMessage:
    """A message with the brief as text and as HTML (RFC 5322, RFC 3834).

    ValueError: a sender or a reader that is not an email address.
    """
    message = EmailMessage()
    message["Subject"] = title(brief)
    message["From"] = _mailbox(sender)
    message["To"] = _mailbox(to)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid("brief", parseaddr(sender)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text(brief, base))
    message.add_alternative(html(brief, base), subtype="html")
    return message


def _mailbox(given: str) -> Address:
    name, address = parseaddr(given)
    if "@" not in address or any(sign in given for sign in "\r\n"):
        raise ValueError(f"{given!r} is not an email address")
    return Address(display_name=name, addr_spec=address)
