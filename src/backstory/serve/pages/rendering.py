"""Turns a template and its values into a page, with what every page needs around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

from backstory.model.article import Moment
from backstory.model.tag import Tag
from backstory.model.views import Edition, Event, Reason, Row, TopicCard, TopicRef
from backstory.serve import formatting, language
from backstory.serve.countries import WORLD, country_name, flag, language_name, language_tag
from backstory.serve.http.page_cache import RenderNotes
from backstory.serve.http.parameters import Address
from backstory.serve.http.static_files import StaticFile
from backstory.serve.language import gettext as _
from backstory.serve.language import ngettext
from backstory.serve.pages import picture, views
from backstory.serve.share import networks

if TYPE_CHECKING:
    from backstory.archive import Archive
    from backstory.serve.http.images import LeadImage

FEED_TYPES = {
    "atom": "application/atom+xml",
    "rss": "application/rss+xml",
    "json": "application/feed+json",
}


@dataclass(frozen=True, slots=True)
class View:
    """Which edition a page belongs to; ``code`` is None for the world."""

    code: str | None

    @property
    def slug(self) -> str:
        return self.code.lower() if self.code else WORLD

    @property
    def path(self) -> str:
        return f"/{self.slug}"

    @property
    def name(self) -> str:
        return country_name(self.code) if self.code else _("World")


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around a page: its title, its edition, its place in the navigation."""

    title: str
    view: View
    active: str = ""
    description: str = ""
    feed: str | None = None  # the address that .atom, .rss and .json are put behind
    feed_title: str = ""
    feed_query: str = ""
    index: bool = True

    def feed_address(self, kind: str) -> str:
        query = f"?{self.feed_query}" if self.feed_query else ""
        return f"{self.feed}.{kind}{query}"


@dataclass(frozen=True, slots=True)
class Group:
    """The events of one month or year."""

    name: str
    events: tuple[Event, ...]


def grouped(events: Sequence[Event]) -> tuple[Group, ...]:
    """Events, newest first, by month; by year where they span more than three years."""
    if not events:
        return ()
    by_year = (events[0].order - events[-1].order).days > 3 * 366
    groups: list[tuple[str, list[Event]]] = []
    for event in events:
        day = event.order.date()
        name = str(day.year) if by_year else formatting.month_words(day)
        if not groups or groups[-1][0] != name:
            groups.append((name, []))
        groups[-1][1].append(event)
    return tuple(Group(name, tuple(each)) for name, each in groups)


@cache
def messages(code: str) -> Markup:
    """What the scripts say in the present language, ``code``, as JSON in an attribute: ``{n}``
    stands for a number, ``.one`` and ``.other`` for its form."""
    found = {}
    for form, number in (("one", 1), ("other", 5)):
        for name, text in {
            "hidden": ngettext(
                "%(num)s muted entry hidden", "%(num)s muted entries hidden", number
            ),
            "fresh": ngettext("%(num)s new", "%(num)s new", number),
            "taken": ngettext("%(num)s entry imported", "%(num)s entries imported", number),
        }.items():
            found[f"{name}.{form}"] = text % {"num": "{n}"}
    found |= {
        "new": _("new"),
        "more": _("updated since your last visit"),
        "show": _("Show"),
        "change": _("Change what is muted"),
        "again": _("Show again"),
        "looking": _("Checking what you follow…"),
        "unreachable": _("Cannot check what you follow now. Are you online?"),
        "bad_file": _("This file is not a list saved from this site."),
        "offline": _("Offline: this is the copy saved on this device."),
        "close": _("Close"),
        "nothing_new": _("nothing new"),
    }
    return escape(str(htmlsafe_json_dumps(found, sort_keys=True)))


# What templates say, in the way of Jinja's own functions (new style), but remembered by language
# and called without the detours: a page says some hundred things.
@lru_cache(maxsize=4096)
def _marked(code: str, message: str) -> Markup:
    return Markup(language.gettext(message))  # noqa: S704


@lru_cache(maxsize=4096)
def _whole(code: str, message: str) -> Markup:
    return _marked(code, message) % {}


def say(message: str, **variables: object) -> Markup:
    code = language.language()
    return _marked(code, message) % variables if variables else _whole(code, message)


def say_counted(one: str, many: str, times: int, **variables: object) -> Markup:
    variables.setdefault("num", times)
    return Markup(ngettext(one, many, times)) % variables  # noqa: S704


def say_of(context: str, message: str, **variables: object) -> Markup:
    return Markup(language.pgettext(context, message)) % variables  # noqa: S704


@lru_cache(maxsize=4096)
def _lang(code: str | None) -> Markup:
    tag = language_tag(code)
    return Markup(' lang="{}" dir="auto"').format(tag) if tag else Markup(' dir="auto"')


def lang(row: Row) -> Markup:
    """The attributes of what a publisher wrote."""
    return _lang(row.language)


def title_of(row: Row) -> Markup:
    return escape(row.title or _("(an article without a headline)"))


def site_of(row: Row) -> Markup:
    return Markup(f"<bdi>{escape(row.site or row.domain)}</bdi>")  # noqa: S704


# Lists within lists, which a page has by the hundred, cost less here than in a template.


def report_lines(rows: Sequence[Row], guid: str) -> Markup:
    """An event's articles as items of a list; the one that the page is about is no link."""
    lines = []
    for row in rows:
        copy = f' <span class="reprint">{escape(_("reprint"))}</span>' if row.copy_of else ""
        title = (
            f"<b {lang(row)}>{title_of(row)}</b>"
            if row.guid == guid
            else f'<a href="/article/{segment(row.guid)}"{lang(row)}>{title_of(row)}</a>'
        )
        lines.append(f"<li>{site_of(row)}{copy}: {title}</li>\n")
    return Markup("".join(lines))  # noqa: S704


def reason_links(reasons: Sequence[Reason], path: str) -> Markup:
    """What is shared, each tag leading to its page; ``path``: of the edition."""
    links = [
        f'<a href="{path}/tag/{segment(one.slug)}"><bdi>{escape(one.name)}</bdi></a>'
        if one.slug
        else f"<bdi>{escape(one.name)}</bdi>"
        for one in reasons
    ]
    return Markup(", ".join(links))  # noqa: S704


def mutable(
    topic: TopicRef | TopicCard | None = None, tags: Sequence[Tag] = (), domain: str | None = None
) -> Markup:
    """The attributes by which readers mute an entry."""
    slugs = " ".join(tag.slug for tag in tags)
    return Markup("").join(
        Markup(f' data-{name}="{escape(value)}"')  # noqa: S704
        for name, value in (
            ("topic", topic.id if topic else ""), ("tags", slugs), ("source", domain),
        )
        if value
    )  # fmt: skip


@pass_context
def when(
    context: Context, value: Moment | datetime | None, show: formatting.Show = "short"
) -> Markup:
    """A time in the words that ``time_tag`` has for it."""
    now = context["now"]
    if formatting.ages(value, show, now):
        context["notes"].fresh = True
    return formatting.time_tag(value, show, now)


@lru_cache(maxsize=8192)
def segment(text: str) -> str:
    """A text as one segment of a path."""
    return quote(text, safe="")


class Renderer:
    """Renders templates for one archive and one base address."""

    def __init__(
        self,
        archive: Archive,
        address: Address,
        static: Mapping[str, StaticFile],
        clock: Callable[[], datetime],
        lead_image: Callable[[Row], LeadImage | None] = lambda row: None,
    ) -> None:
        """``lead_image``: how a page shows an article's picture; None where it shows none."""
        self.archive = archive
        self.address = address
        self.clock = clock
        self.lead_image = lead_image
        self.environment = Environment(
            loader=PackageLoader("backstory.serve"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
        )
        self.environment.policies["ext.i18n.trimmed"] = True
        self.environment.install_gettext_callables(  # type: ignore[attr-defined]
            language.gettext, language.ngettext, newstyle=True, pgettext=language.pgettext
        )
        self.environment.globals.update(_=say, gettext=say, ngettext=say_counted, pgettext=say_of)
        self.environment.globals.update(
            static={name: f"/static/{file.name}" for name, file in static.items()},
            as_moment=formatting.as_moment,
            articles=formatting.articles,
            by_mail=networks.by_mail,
            coverage=picture.coverage,
            country_name=country_name,
            direction=language.direction,
            events=formatting.events,
            feed_types=FEED_TYPES,
            flag=flag,
            folded=formatting.folded,
            grouped=grouped,
            highlight=formatting.highlight,
            language=language.language,
            language_name=language_name,
            leads_of=picture.leads_of,
            messages=lambda: messages(language.language()),
            month_span=formatting.month_span,
            mutable=mutable,
            titles_before=views.titles_before,
            month_words=formatting.month_words,
            networks=networks.networks,
            number=formatting.number,
            own_names=language.OWN_NAMES,
            publishers=formatting.publishers,
            reprints=formatting.reprints,
            short_day=formatting.short_day,
            since=formatting.since,
            spark=picture.spark,
            stories=formatting.stories,
            day_words=formatting.day_words,
            language_tag=language_tag,
        )
        self.environment.filters.update(
            articles=formatting.articles,
            events=formatting.events,
            lang=lang,
            number=formatting.number,
            publishers=formatting.publishers,
            reason_links=reason_links,
            report_lines=report_lines,
            seg=segment,
            site_of=site_of,
            stories=formatting.stories,
            title_of=title_of,
            web=formatting.web_address,
            when=when,
        )

    def editions(self) -> tuple[Edition, ...]:
        return self.archive.editions()

    def home(self) -> View:
        """The largest edition, or the world where no source has a country."""
        editions = self.editions()
        return View(editions[0].country if editions else None)

    def page(
        self, request: Request, template: str, shell: Shell, status: int = 200, **values: object
    ) -> Response:
        now = self.clock()
        notes = request.state.render_notes = RenderNotes(now, False, [])

        def lead_image(row: Row) -> LeadImage | None:
            picture = self.lead_image(row)
            notes.pictures.append((row, picture))
            return picture

        def in_language(code: str) -> str:
            asked = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
            return f"{request.url.path}?{urlencode([*asked, ('lang', code)])}"

        text = self.environment.get_template(template).render(
            shell=shell,
            view=shell.view,
            editions=self.editions(),
            article_count=self.archive.article_count(),
            in_language=in_language,
            canonical=self.address.of(request) + request.url.path,
            lead_image=lead_image,
            now=now,
            notes=notes,
            **values,
        )
        return HTMLResponse(formatting.clean(text), status, headers={"Cache-Control": "no-cache"})

    def problem(self, request: Request, status: int, detail: str) -> Response:
        title = {
            400: _("Request not understood"),
            404: _("Not in this archive"),
            405: _("Method not allowed"),
        }.get(status, _("Something went wrong") if status >= 500 else _("That did not work"))
        shell = Shell(title=title, view=self.home(), index=False)
        return self.page(
            request, "problem.html", shell, status, code=status, detail=detail, heading=title
        )
