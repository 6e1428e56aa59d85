"""A search as its form holds it, and the addresses that lead on from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from backstory.model.views import Query, SourceView
from backstory.serve.formatting import clean
from backstory.serve.http.parameters import SearchParameters, is_day, parse_query
from backstory.serve.language import gettext as _
from backstory.serve.language import pgettext
from backstory.serve.pages.rendering import Shell, View


@dataclass(frozen=True, slots=True)
class SearchForm:
    """``asked``: the fields by name, "" where one is empty; ``tags``: slugs, each once."""

    view: View
    asked: Mapping[str, str]
    tags: tuple[str, ...]

    @classmethod
    def of(
        cls, given: SearchParameters, view: View, publishers: Callable[[], Sequence[SourceView]]
    ) -> SearchForm:
        """``publishers``: asked only where a publisher is named by something else than a domain."""
        fields = {
            "q": given.q,
            "date_from": given.date_from,
            "date_to": given.date_to,
            "sort": given.sort,
            "source": given.source,
        }
        asked = {name: clean(value or "").strip() for name, value in fields.items()}
        if asked["source"] and "." not in asked["source"]:
            asked["source"] = _domain_of(asked["source"], publishers()) or asked["source"]
        return cls(view, asked, tuple(dict.fromkeys(clean(slug) for slug in given.tag if slug)))

    def query(self) -> Query:
        """HTTPException 400: it cannot be understood."""
        return parse_query(self.view.code, **self.asked, tags=self.tags)

    def shown(self) -> Mapping[str, str]:
        """The fields as the form can show them: a browser cannot show what is no day."""
        days = ("date_from", "date_to")
        return {
            name: "" if name in days and not is_day(value) else value
            for name, value in self.asked.items()
        }

    @property
    def filled(self) -> dict[str, str]:
        return {name: value for name, value in self.asked.items() if value}

    @property
    def everything(self) -> str:
        """The whole question as it stands in an address; "" where nothing is asked."""
        return urlencode({**self.filled, "tag": self.tags}, doseq=True)

    @property
    def followed_path(self) -> str | None:
        """The address that this search is followed by: the order of results is no part of it."""
        lasting = {name: value for name, value in self.filled.items() if name != "sort"}
        query = urlencode({**lasting, "tag": self.tags}, doseq=True)
        return f"{self.view.path}/search?{query}" if query else None

    def address(self, tags: tuple[str, ...], start: str | None = None) -> str:
        """The same search with these tags; ``start``: the path of another edition."""
        query = urlencode({**self.filled, "tag": tags}, doseq=True)
        return f"{start or self.view.path}/search?{query}"

    def without(self, slug: str) -> tuple[str, ...]:
        return tuple(each for each in self.tags if each != slug)

    def shell(self, problem: str | None) -> Shell:
        words, name = self.asked["q"], self.view.name
        return Shell(
            title=f"{words or pgettext('noun', 'Search')} · {name}",
            view=self.view,
            active="search",
            feed=None if problem else f"{self.view.path}/search",
            feed_title=f"{pgettext('noun', 'Search')}: {words}"
            if words
            else f"{pgettext('noun', 'Search')} · {name}",
            feed_query=self.everything,
            description=_("Search the articles of this archive: %(edition)s.") % {"edition": name},
            index=problem is None,
        )


def _domain_of(name: str, publishers: Sequence[SourceView]) -> str | None:
    """The domain of the publisher that is called so, else of one that is called so in part."""
    wanted = name.casefold()
    called = [(one.name.casefold(), one.domain) for one in publishers]
    exact = [domain for known, domain in called if known == wanted]
    return next(iter(exact + [domain for known, domain in called if wanted in known]), None)
