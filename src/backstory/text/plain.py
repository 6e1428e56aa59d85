"""Free words of markup: what is stored and shown is plain text, a paragraph a line."""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST_TEXT = 1_000_000  # characters of one article's text; what is beyond is cut

# Elements that stand on lines of their own.
_BLOCKS = (
    "address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|fieldset|figcaption|"
    "figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|"
    "th|thead|tr|ul"
)
_INLINE = (
    "a|abbr|acronym|b|big|cite|code|del|dfn|em|embed|font|i|iframe|img|input|ins|kbd|label|mark|"
    "noscript|object|param|picture|q|s|samp|script|small|source|span|strike|strong|style|sub|sup|"
    "svg|time|tt|u|var|video|audio|wbr|body|html|head|meta|link|title|base|button|select|option|"
    "applet|basefont|bdi|bdo|bgsound|blink|frame|frameset|marquee|nobr|noembed|noframes|plaintext|"
    "rb|rp|rt|rtc|ruby|textarea|xmp"
)
_BREAK = re.compile(rf"</?(?:{_BLOCKS})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_MARKUP = re.compile(rf"</?(?:{_BLOCKS}|{_INLINE})(?=[\s/>])|<!--", re.IGNORECASE)
# A tag or comment that was cut off at the end of the text.
_CUT_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]*|[/!])?$")
_CUT_ENTITY = re.compile(
    r"&(?:#[0-9]*|#[xX][0-9A-Fa-f]*|(?:am|amp|qu|quo|quot|ap|apo|apos|ls|lsq|lsqu|lsquo|rs|rsq|"
    r"rsqu|rsquo|ld|ldq|ldqu|ldquo|rd|rdq|rdqu|rdquo|nb|nbs|nbsp|nd|nda|ndas|ndash|md|mda|mdas|"
    r"mdash|he|hel|hell|helli|hellip))?$"
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Control characters, zero-width spaces, marks of direction that can turn a line round; the
# joiners that Persian and Indic scripts are written with stay.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff\ufffc\ufffe"
    "\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_ANY_SPACE = re.compile(r"\s+")
_LINES = re.compile(r" ?\n[ \n]*")
_SIMPLE = re.compile(r"[ -%'-;=-~\u2010-\u2027\u00c0-\u024f]*")  # ASCII without & and <, quotes


def plain_text(markup: str) -> str:
    """The words of a piece of HTML, or of text that may hold some: a paragraph a line.

    Paragraphs and list items become lines, everything else of the markup goes, what was cut in
    mid-tag included; entities become characters, also where they were escaped twice. Text that
    has no markup only loses its superfluous white space.
    """
    text = markup[: 4 * LONGEST_TEXT]
    if _SIMPLE.fullmatch(text) and "  " not in text:
        return text.strip()[:LONGEST_TEXT]
    if "<![CDATA[" in text:
        text = text.replace("<![CDATA[", "").replace("]]>", "")
    for _ in range(3):  # markup is often escaped once more than meant
        if "<" in text:
            text = _without_markup(text)
        if "&" in text:
            text = _ENTITY.sub(_character, text)
            text = _CUT_ENTITY.sub("", text)
        if "&lt;" not in text and ("<" not in text or not _MARKUP.search(text)):
            break
    text = _tidy(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n"))
    text = _SPACES.sub(" ", text)
    return _LINES.sub("\n", text).strip()[:LONGEST_TEXT]


def plain_line(markup: str) -> str:
    """As ``plain_text``, on one line: titles, names, summaries."""
    if _SIMPLE.fullmatch(markup) and "  " not in markup:
        return markup.strip()
    return _ANY_SPACE.sub(" ", plain_text(markup))


def _uncut(text: str) -> str:
    """The text without a tag or comment that it was cut off in: looked for behind the last
    ``>`` alone, so that a text full of beginnings takes no longer than another."""
    behind = text.rfind(">") + 1
    start = text.find("<!-", behind)
    if start < 0:
        start = text.rfind("<", behind)
        if start < 0 or not _CUT_TAG.match(text, start):
            return text
    return text[:start]


def _without_markup(text: str) -> str:
    import nh3

    text = _uncut(text)
    if not _MARKUP.search(text):
        return text  # "a < b": less-than signs, not tags
    text = _BREAK.sub("\n", text)
    # The parser is html5ever, as browsers read; scripts and styles go with what is in them.
    cleaned = nh3.clean(
        text,
        tags=set(),
        attributes={},
        clean_content_tags={"script", "style", "template", "iframe", "noscript", "svg", "object"},
    )
    # The cleaner escapes what it leaves: taken back here, once.
    return (
        cleaned.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
    )


def _character(found: re.Match[str]) -> str:
    return html.unescape(found.group())


def _tidy(text: str) -> str:
    if not text.isascii():
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        return _UNSEEN.sub("", text)
    return _UNSEEN.sub("", text) if not text.isprintable() else text
