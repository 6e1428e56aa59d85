"""Take the text of an article out of its page, without what stands around it."""

from __future__ import annotations

import re

from lxml.etree import LxmlError
from lxml.html import HtmlElement

from backstory.extract.bylines import date_in
from backstory.extract.metadata import Metadata
from backstory.extract.titles import words_alone
from backstory.text.plain import plain_text
from backstory.text.scripts import EAST_ASIAN

_SENTENCE_END = re.compile(r"[.!?…。！？।]['\"”’»›)\]]*$|[:：]$")
# Lines that stand in texts and are none of them, wherever they stand.
_ASIDE = re.compile(
    r"(?:advertisement|advertising|anzeige|werbung|publicidad|publicité|pubblicità|advertentie|"
    r"annonse|reklama|reklam|広告|광고)\W*|"
    r"(?:share|share this|share this article|teilen|partager|compartir|condividi|deel|dela)\W*|"
    r"(?:photo|photos|photograph|foto|image|bild|picture|credit|file photo)s?\s*[:/|]\s.{0,100}|"
    r"comments?\s*\(\d+\)|\d+ comments?|kommentare?\s*\(\d+\)|"
    r".{0,60}appeared first on .{0,80}",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"(?:read (?:more|also|next)|also read|see also|more on this|more stories|related|watch|"
    r"lesen sie (?:auch|mehr|dazu)|mehr (?:zum thema|dazu)|lire aussi|à lire(?: aussi)?|"
    r"leggi anche|lea también|le puede interesar|leia (?:também|mais)|lees ook|les også|"
    r"läs (?:också|mer|även)|læs også|czytaj (?:także|też|więcej)|ayrıca oku|читайте также|"
    r"читайте також|関連記事)\s*(?:[:：|>–-].{0,200}|$)",
    re.IGNORECASE,
)
# Headings of the lists that follow an article: what comes after them is not it.
_AFTERWARDS = re.compile(
    r"(?:- )?(?:you (?:might|may) also (?:like|enjoy)|"
    r"related (?:articles|stories|topics|posts|news|content)|"
    r"recommended(?: (?:articles|stories|for you))?|more (?:from|on this|stories|like this).{0,40}|"
    r"most (?:read|popular|viewed)|read next|up next|latest (?:news|stories)|"
    r"ähnliche (?:artikel|themen)|mehr zum thema|weiterführende links|das könnte (?:sie|dich) auch "
    r"interessieren|auch interessant|meistgelesen|kommentar abgeben|lesen sie auch|"
    r"articles (?:similaires|liés)|sur le même sujet|à lire aussi|les plus lus|"
    r"noticias relacionadas|artículos relacionados|te puede interesar|más noticias|lo más leído|"
    r"articoli correlati|leggi anche|potrebbe interessarti|notícias relacionadas|leia também|"
    r"mais lidas|lees ook|gerelateerd|meer over|les også|läs också|læs også|mest lest|mest läst|"
    r"zobacz także|przeczytaj także|ilgili haberler|читайте также|читайте також|"
    r"関連記事|あわせて読みたい|관련기사|相關新聞|相关新闻|"
    r"comments?|kommentare?|leave a (?:comment|reply))"
    r"\s*[:.…]?",
    re.IGNORECASE,
)
# What publishers ask of their readers; believed at the beginning and the end of a text only.
_PLEA = re.compile(
    r"\b(?:subscribe|subscribers? (?:may|can|only)|subscription|newsletter|sign ?up|log in to|"
    r"sign in|register (?:now|here|for|to)|become a member|free (?:stories|articles)|"
    r"support (?:us|our|it|this)|donate (?:now|here|today|to us)|give \$|follow us|"
    r"(?:on|via|our) (?:whatsapp|telegram)|download (?:the|our) app|all rights reserved|"
    r"copyright|terms of (?:use|service)|privacy policy|cookie (?:policy|settings)|"
    r"(?:use|accept)s? (?:of )?cookies|corrections?:|contact us|join the conversation|"
    r"abonnement|abonnieren|abonnez|jetzt anmelden|registrieren|suscríbete|suscripci|iscriviti|"
    r"inscrivez|assine|zapisz się|подпишитесь|підпишіться)|©",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"[—–]\s?[^\W\d_].{1,60}$")  # "— Reuters"


def article_text(tree: HtmlElement, stated: Metadata) -> str:
    """The article's paragraphs, one a line: no title, byline, advertising, pleas and pointers."""
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(tree, fast=True, include_comments=False, favor_recall=True)
    except (LxmlError, ValueError, TypeError, AttributeError, RecursionError, IndexError):
        found = None
    text = (found.text or "") if found is not None and not isinstance(found, dict) else ""
    lines = _own_lines(plain_text(text).split("\n"), stated)
    if len(stated.body) > 200 and sum(map(len, lines)) < len(stated.body) // 2:
        lines = _own_lines(stated.body.split("\n"), stated)  # a text that scripts would draw
    return "\n".join(lines)


def _own_lines(lines: list[str], stated: Metadata) -> list[str]:
    """The lines that are the article's own."""
    known = {words_alone(stated.title), words_alone(stated.section), words_alone(stated.site)}
    known |= {words_alone(author) for author in stated.authors}
    known |= {words_alone(f"by {author}") for author in stated.authors}
    summary = words_alone(stated.summary)
    kept: list[str] = []
    seen: set[str] = set()
    for line in lines:
        words = words_alone(line)
        if not words or (words in seen and len(words) > 40):
            continue
        if len(line) < 200 and (_ASIDE.fullmatch(line) or _POINTER.match(line)):
            continue
        seen.add(words)
        kept.append(line)
    kept = kept[: _end(kept)]
    first = next((n for n, line in enumerate(kept) if _is_prose(line, summary)), None)
    if first is None:
        return [line for line in kept if len(line) >= 40 and words_alone(line) not in known]
    last = next(n for n in range(len(kept) - 1, -1, -1) if _is_prose(kept[n], summary))
    while last + 1 < len(kept) and _CREDIT.match(kept[last + 1]):
        last += 1
    return [
        line
        for place, line in enumerate(kept)
        if first <= place <= last
        and (place > first + 4 or words_alone(line) not in known)
        and not (place < first + 3 and len(line) < 80 and _is_byline(line))
    ]


def _end(lines: list[str]) -> int:
    """Where the lists that follow the article begin: not before a third of its words."""
    total, passed = sum(map(len, lines)), 0
    for place, line in enumerate(lines):
        if passed * 3 > total and len(line) < 60 and _AFTERWARDS.fullmatch(line):
            return place
        passed += len(line)
    return len(lines)


def _is_prose(line: str, summary: str) -> bool:
    """Whether a line can begin or end the article: a paragraph, its summary, a short sentence."""
    length = len(line) + 2 * len(EAST_ASIAN.findall(line))
    if length < 160 and _PLEA.search(line):
        return False
    words = words_alone(line)
    if summary and len(words) > 20 and (words in summary or summary in words):
        return True
    if line.startswith("- ") and length < 100:
        return False
    if _is_byline(line):
        return False
    return length >= 100 or (length >= 15 and _SENTENCE_END.search(line) is not None)


_BY = re.compile(
    r"(?:by|von|par|por|reported by|written by|words|text|story by)\b[: ].{3,80}", re.IGNORECASE
)


def _is_byline(line: str) -> bool:
    return len(line) < 90 and (
        (date_in(line) is not None and (len(line) < 40 or not _SENTENCE_END.search(line)))
        or (_BY.match(line) is not None and not re.search(r"[.!?]$", line))
    )
