"""Tags of an article: the people, places, organisations and themes that it is about."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from backstory.enrich.summary.boilerplate import without_syndication
from backstory.enrich.tags import themes
from backstory.enrich.tags.gazetteer import (
    first_names,
    is_common,
    media,
    slug,
    surnames,
    tag_of_slug,
)
from backstory.enrich.tags.gazetteer import people as famous_people
from backstory.enrich.tags.mentions import bracketed, find
from backstory.enrich.tags.names.cursor import Mention
from backstory.model.tag import Tag, TagKind
from backstory.text.folding import fold_name

MOST = 12
MOST_THEMES = 4
LEAD = 350  # characters of the text that tell the most
READ = 4000  # characters that are read at all
_LIKELY_CUT = 200  # characters from which a text that ends without a mark was cut

_KIND_WEIGHT = {"person": 1.0, "organisation": 0.95, "place": 0.9, "theme": 0.7}
_SUFFIX = re.compile(r",?\s(?:Jr|Sr|II|III|IV)\.?$")
# What publishers tag pages with that says nothing of what they are about.
_EMPTY_GIVEN_WORDS = """
    news world world-news us-news uk-news top-stories top-news video videos live breaking-news
    breaking headlines politics opinion analysis feature features homepage home latest article
    articles story stories international national local general other misc uncategorized
    nachrichten noticias actualite actualites aktuell politik politica ausland inland sport
    sports business culture lifestyle entertainment life-and-style editors-picks editor-s-picks
"""
_EMPTY_GIVEN = frozenset(_EMPTY_GIVEN_WORDS.split())


@dataclass(slots=True)
class _Subject:
    """All mentions of one thing."""

    name: str
    kind: TagKind
    tag: Tag | None = None
    count: float = 0.0
    in_title: float = 0.0
    in_lead: float = 0.0
    first: int = 1 << 30
    forms: dict[str, int] = field(default_factory=dict)

    def add(self, mention: Mention, title: bool) -> None:
        place = mention.start if title else mention.start + 1000
        self.count += mention.weight
        self.first = min(self.first, place)
        if title:
            self.in_title = max(self.in_title, mention.weight)
        elif mention.start < LEAD:
            self.in_lead = max(self.in_lead, mention.weight)
        self.forms[mention.name] = self.forms.get(mention.name, 0) + 1

    def score(self) -> float:
        weight = _KIND_WEIGHT[self.kind]
        return weight * (2.5 * self.in_title + self.in_lead + 1.2 * math.log2(1 + self.count))


def tag(
    title: str, text: str, language: str | None, given: tuple[str, ...] = ()
) -> tuple[Tag, ...]:
    """At most 12 tags of an article, the most telling first.

    ``given``: what the publisher tagged it with; taken in where it names a thing.
    """
    text = without_syndication(text)[:READ]
    subjects = _subjects(title, text, language)
    scored: list[tuple[float, int, Tag]] = []
    short = len(text) < 1200
    for subject in subjects:
        made = _made(subject)
        if made is None or (made.slug in media() and not subject.in_title):
            continue
        once = subject.count < 1.5 and not subject.in_title and not subject.in_lead
        score = subject.score()
        if once and not short:
            score *= 0.4
        scored.append((score, subject.first, made))
    # The words of a place's name ("West Bank") are not what the article is about.
    places = {
        form
        for subject in subjects
        if subject.kind == "place"
        for form in subject.forms
        if " " in form
    }
    said = (title, text)
    for place in sorted(places, key=lambda form: (-len(form), form)):  # "New York" is in others
        said = (said[0].replace(place, ""), said[1].replace(place, ""))
    scored += _themes(*said, language)
    best: dict[str, tuple[float, int, Tag]] = {}
    for score, first, made in scored:
        if made.slug not in best or score > best[made.slug][0]:
            best[made.slug] = (score, first, made)
    _give(best, given, f"{title}\n{text}")
    ranked = sorted(best.values(), key=lambda entry: (-entry[0], entry[1], entry[2].slug))
    chosen: list[Tag] = []
    theme_count = 0
    top = ranked[0][0] if ranked else 0.0
    for score, _, made in ranked:
        if score < min(0.9, 0.25 * top):
            break
        if made.kind == "theme":
            theme_count += 1
            if theme_count > MOST_THEMES:
                continue
        chosen.append(made)
        if len(chosen) == MOST:
            break
    return tuple(chosen)


# ------------------------------------------------------------------------ from mentions to things


def _subjects(title: str, text: str, language: str | None) -> list[_Subject]:
    """The things that an article mentions, each once."""
    mentions = [(mention, False) for mention in find(text, language) if not _cut(text, mention)]
    mentions += [(mention, True) for mention in find(title, language, headline=True)]
    things: dict[str, _Subject] = {}
    people: dict[str, _Subject] = {}
    singles: list[tuple[Mention, bool]] = []
    acronyms: dict[str, str] = {}
    famous = famous_people()
    for mention, in_title in mentions:
        if mention.kind == "person":
            words = _person_words(mention.name)
            if len(words) < 2:
                singles.append((mention, in_title))
            else:
                key = " ".join(fold_name(word) for word in words)
                spelt = famous.get(key)
                if spelt is not None:
                    key, words = fold_name(spelt), spelt.split()
                subject = people.get(key)
                if subject is None:
                    subject = people[key] = _Subject(" ".join(words), "person")
                subject.add(mention, in_title)
            continue
        if mention.kind == "single":
            singles.append((mention, in_title))
            continue
        key = mention.known.slug if mention.known else fold_name(mention.name)
        if mention.kind == "organisation":
            key = acronyms.get(mention.name.replace(".", ""), key)
            if mention.known is None and not in_title:
                short = bracketed(text, mention)
                if short and _initials(mention.name, short):
                    acronyms[short] = key
        subject = things.get(key)
        if subject is None:
            subject = things[key] = _Subject(mention.name, mention.kind, mention.known)
        subject.add(mention, in_title)
    for short, key in acronyms.items():
        if short.casefold() in things and key in things and short.casefold() != key:
            _merge(things[key], things.pop(short.casefold()))
    full = _join_people(people)
    _place_singles(singles, full, things, language)
    return [*full, *things.values()]


def _cut(text: str, mention: Mention) -> bool:
    """Whether a mention is what is left of a name at the end of a text that was cut."""
    at_end = mention.start + len(mention.name) >= len(text) - 1
    return at_end and len(text) >= _LIKELY_CUT and text[-1].isalnum()


def _person_words(name: str) -> list[str]:
    name = _SUFFIX.sub("", name)
    words = [word for word in name.split() if len(word.rstrip(".")) > 1 or "." in word]
    if len(words) > 2:
        words = [words[0], *(w for w in words[1:-1] if len(w.replace(".", "")) > 1), words[-1]]
    return words


def _initials(name: str, short: str) -> bool:
    letters = "".join(word[0] for word in re.split(r"[\s-]+", name) if word[:1].isupper())
    return letters[:1] == short[:1] and len(short) <= len(letters) + 2


def _merge(into: _Subject, other: _Subject) -> None:
    into.count += other.count
    into.in_title = max(into.in_title, other.in_title)
    into.in_lead = max(into.in_lead, other.in_lead)
    into.first = min(into.first, other.first)


def _join_people(people: dict[str, _Subject]) -> list[_Subject]:
    """One subject for the spellings of one person: "Joe Biden", "Joseph R. Biden"."""
    full: list[tuple[list[str], _Subject]] = []
    for key, subject in sorted(people.items(), key=lambda item: (item[1].first, item[0])):
        words = key.split()
        for known, other in full:
            same_last = known[-1] == words[-1] and (
                known[0] == words[0]
                or (known[0][0] == words[0][0] and (len(known[0]) < 3 or len(words[0]) < 3))
                or (known[0][:3] == words[0][:3])
            )
            part = set(words) < set(known) or set(known) < set(words)
            if same_last or part:
                if other.count < subject.count:
                    other.name = subject.name
                _merge(other, subject)
                break
        else:
            full.append((words, subject))
    return [subject for _, subject in full]


def _place_singles(
    singles: list[tuple[Mention, bool]],
    people: list[_Subject],
    things: dict[str, _Subject],
    language: str | None,
) -> None:
    """Give single words to the people who are called so, else make them things of their own."""
    by_word: dict[str, _Subject] = {}
    for position in (-1, 0):
        for subject in sorted(people, key=lambda s: (-s.count, s.first)):
            by_word.setdefault(fold_name(subject.name.split()[position]), subject)
    famous = famous_people()
    firsts, lasts = first_names(), surnames()
    english = language is None or language.startswith("en")
    loose: dict[str, _Subject] = {}
    surely: set[str] = set()
    pairs = [
        (Mention(part, "single", mention.start), in_title)
        for mention, in_title in singles
        if "-" in mention.name and all(fold_name(p) in famous for p in mention.name.split("-"))
        for part in mention.name.split("-")
    ]
    for mention, in_title in [*singles, *pairs]:
        key = fold_name(mention.name)
        called = by_word.get(key)
        if called is not None:
            called.add(_sure(mention), in_title)
            continue
        if key in things:
            things[key].add(_sure(mention), in_title)
            continue
        if key in famous:
            known = by_word[key] = _Subject(famous[key], "person")
            people.append(known)
            known.add(_sure(mention), in_title)
            continue
        other = loose.setdefault(key, _Subject(mention.name, "organisation"))
        other.add(mention, in_title)
        if mention.kind == "person" and not (
            english and is_common(key) and key not in firsts and key not in lasts
        ):  # "adviser unsurprisingly", "commissioner for Transport": an office tells nothing of it
            other.kind = "person"
            surely.add(key)
    for key, subject in loose.items():
        acronym = subject.name.isupper() and len(subject.name) <= 3
        if (key in firsts or key in lasts) and not acronym:
            subject.kind = "person"
        if "-" in key and all(part in famous for part in key.split("-")):
            continue  # "Trump-Xi": two people, not one
        least = 1.5 if key in firsts else 0.8
        often = subject.count >= 2 or (subject.in_title and subject.count >= least)
        if key in surely or (often and not (english and is_common(key) and subject.count < 3)):
            things.setdefault(key, subject)


def _sure(mention: Mention) -> Mention:
    return Mention(mention.name, mention.kind, mention.start, mention.known, 1.0)


def _made(subject: _Subject) -> Tag | None:
    if subject.tag is not None:
        return subject.tag
    name = re.sub(r"^(?:The|the)\s+", "", subject.name).strip(" .,-’'")
    if subject.kind == "person":
        name = _SUFFIX.sub("", name)
    if name.isupper() and len(name) > 6:
        name = name.title()
    key = slug(name)
    if len(key) < 2 or key.isdigit():
        return None
    known = tag_of_slug(key)
    if known is not None and known.kind == subject.kind:
        return known
    return Tag(key, name, subject.kind)


# ------------------------------------------------------------------------------- themes and given


def _themes(title: str, text: str, language: str | None) -> list[tuple[float, int, Tag]]:
    found: list[tuple[float, int, Tag]] = []
    long = len(text) > 1200
    for made, hits in themes.find(title, text, language).items():
        if long and not hits.title and hits.all < 2:
            continue
        score = themes.factor(made) * (
            1.6 * min(hits.title, 2) ** 0.5 + 0.9 * math.log2(1 + hits.all)
        )
        found.append((score, 500 + hits.first, made))
    return found


def _give(best: dict[str, tuple[float, int, Tag]], given: tuple[str, ...], said: str) -> None:
    """Take in the publisher's own tags. A single word that names nothing known and that the
    article never says is the section that it stands in ("Community", "Clubs")."""
    for place, name in enumerate(given):
        name = " ".join(name.replace("_", " ").split())
        if not name or len(name) > 40 or len(name.split()) > 5 or re.search(r"[/:=|]", name):
            continue
        if name.islower() and "-" in name and " " not in name:
            name = name.replace("-", " ")
        key = slug(name)
        if len(key) < 2 or key in _EMPTY_GIVEN or key in media():
            continue
        if key in best:
            score, first, made = best[key]
            best[key] = (score + 0.8, first, made)
            continue
        known = tag_of_slug(key)
        if known is None and " " not in name and name.casefold() not in said.casefold():
            continue
        made = known or Tag(key, name, _given_kind(name))
        best.setdefault(made.slug, (1.2, 100_000 + place, made))


def _given_kind(name: str) -> TagKind:
    words = name.split()
    if 2 <= len(words) <= 3 and fold_name(words[0]) in first_names() and name[0].isupper():
        return "person"
    return "theme"
