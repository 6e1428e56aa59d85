"""Writes the publishers' RSS 2.0 and Atom feeds."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from xml.sax.saxutils import escape as xml_escape
from xml.sax.saxutils import quoteattr

from newsstand.press import Page, Press, section_of
from newsstand.publishers import Publisher


def feed_title(page: Page) -> str:
    """The title that the feed gives: now and then with a section glued on, or none."""
    article = page.article
    if article.special == "empty-title":
        return ""
    if article.special == "glued":
        return article.title + page.publisher.feed_suffix
    return article.title


def body_html(page: Page) -> str:
    """The whole article as markup, for feeds that carry it."""
    lines = [*page.article.paragraphs, *([page.credit] if page.credit else [])]
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)


def latest(pages: Sequence[Page]) -> datetime:
    """When the newest of these pages was last touched."""
    return max(page.modified for page in pages)


def link(press: Press, page: Page) -> str:
    """The address of a page as the feed gives it, tracking parameters and all."""
    return press.page_url(page) + page.publisher.tracking


def rss(press: Press, publisher: Publisher, pages: Sequence[Page]) -> str:
    """An RSS 2.0 feed of these pages."""
    items = []
    for page in pages:
        article = page.article
        when = format_datetime(article.published.astimezone(publisher.zone))
        guid = f'<guid isPermaLink="true">{xml_escape(press.page_url(page))}</guid>'
        if publisher.opaque_guid:
            mark = sha256(page.path.encode()).hexdigest()[:12]
            guid = f'<guid isPermaLink="false">{publisher.key}-{mark}</guid>'
        author = f"<dc:creator>{xml_escape(article.author)}</dc:creator>" if article.author else ""
        full = ""
        if publisher.full_content:
            full = f"<content:encoded><![CDATA[{body_html(page)}]]></content:encoded>"
        items.append(
            f"<item><title>{xml_escape(feed_title(page))}</title>"
            f"<link>{xml_escape(link(press, page))}</link>{guid}"
            f"<description>{xml_escape(article.standfirst)}</description>"
            f"{full}{author}<category>{xml_escape(section_of(article))}</category>"
            f"<pubDate>{when}</pubDate></item>"
        )
    return (
        f'<?xml version="1.0" encoding="{publisher.charset.upper()}"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>'
        f"<title>{xml_escape(publisher.name)}</title>"
        f"<link>{xml_escape(press.url(publisher))}</link>"
        f"<description>{xml_escape(publisher.tagline)}</description>"
        f"<language>{publisher.language.lower()}</language>"
        f'<atom:link href={quoteattr(press.url(publisher, publisher.feed))} rel="self"/>\n'
        + "\n".join(items)
        + "\n</channel></rss>\n"
    )


def atom(press: Press, publisher: Publisher, pages: Sequence[Page]) -> str:
    """An Atom feed of these pages."""
    entries = []
    for page in pages:
        article = page.article
        author = xml_escape(article.author or publisher.name)
        entries.append(
            f"<entry><title>{xml_escape(feed_title(page))}</title>"
            f"<id>{xml_escape(press.page_url(page))}</id>"
            f'<link rel="alternate" href={quoteattr(link(press, page))}/>'
            f"<published>{article.published.astimezone(publisher.zone).isoformat()}</published>"
            f"<updated>{page.modified.astimezone(publisher.zone).isoformat()}</updated>"
            f"<author><name>{author}</name></author>"
            f"<category term={quoteattr(section_of(article))}/>"
            f"<summary>{xml_escape(article.standfirst)}</summary></entry>"
        )
    home = xml_escape(press.url(publisher))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{publisher.language}">'
        f"<title>{xml_escape(publisher.name)}</title><id>{home}</id>"
        f'<link href="{home}"/>'
        f'<link rel="self" href={quoteattr(press.url(publisher, publisher.feed))}/>'
        f"<updated>{latest(pages).isoformat()}</updated>\n" + "\n".join(entries) + "\n</feed>\n"
    )


def feed_xml(press: Press, publisher: Publisher, corrected: bool) -> str:
    """The feed of a publisher, newest first."""
    pages = [page.in_state(corrected) for page in press.by_publisher[publisher.key]]
    return (rss if publisher.feed_kind == "rss" else atom)(press, publisher, pages)
