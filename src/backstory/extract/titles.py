"""Free titles of the site and section names that publishing systems glue on to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from backstory.text.folding import without_marks
from backstory.text.scripts import EAST_ASIAN
from backstory.text.words import RUN

# Between a title and a name: a line break, a bar, or a dash, dot or angle with space around it.
_BAR = r"[ \t]*(?:\n|[|｜│ㅣ‖]|::|»|›)[ \t\n]*"
_DASH = r"\s+(?:[-‐–—―·•:*~/]|&[mn]dash;)\s+|\s+[:：]\s*"
_SEPARATOR = re.compile(f"({_BAR}|{_DASH})")
_IS_BAR = re.compile(_BAR)
_DATE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?:\d{1,2}\.? )?[^\W\d]{3,9}\.?(?: \d{1,2},?)? \d{4}"
)
_BYLINE = re.compile(r"(?:by|von|par|por|di|av|door|av)\s+[^\W\d_][\w.' -]{2,40}", re.IGNORECASE)
_NAME = r"[^\W\d_a-z][\w.’'‘-]*"
_SIGNED = re.compile(
    rf"(.{{12,}}),\s+By\s+({_NAME}(?:\s+(?:(?:and|&)\s+)?{_NAME}){{1,5}})", re.DOTALL
)
# A title, and what stands behind its last bar or hyphen (a dash is the title's own: what follows
# is who said it, or the point); words that make each.
_NAME_BEHIND = re.compile(
    r"(?P<title>.*\S)\s+(?:(?P<bar>\|)|-)\s+(?P<name>[^|()!?]{2,45})\s*", re.DOTALL
)
_NAMED, _NAMED_BY_DASH = 5, 3
_TITLE_BY_BAR, _TITLE_BY_DASH = 3, 5
_SMALL = 3  # letters of a word that may go without a capital

# Words of publishers' names that do not tell one from another.
_COMMON_WORDS = """
the a der die das le la les el los il lo l de of and und et y e news newspaper newspapers online
website site web www com net org info co tv television radio digital edition english international
home homepage official app media network group zeitung tageszeitung nachrichten noticias
actualites notizie nieuws nyheter haber haberleri gazetesi 新聞 ニュース 뉴스 新闻 新聞網 デジタル
uk us usa in india au australia ca canada ie ireland nz za ng nigeria de germany deutschland fr
france es spain espana it italia at ch asia europe africa america
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def _listed(names: str) -> frozenset[str]:
    return frozenset(name.strip() for line in names.strip().split("\n") for name in line.split("|"))


# Names of sections, as they are glued on with a bar or stand before a site's name.
_SECTION_NAMES = """
news|latest news|latest|breaking news|breaking|top news|top stories|trending|trending news
headlines|world|world news|international|international news|global|national|national news|local
local news|regional|nation|politics|political news|us politics|uk politics|us news|uk news
business|business news|economy|economics|finance|markets|markets news|market news|money
companies|technology|technology news|tech|tech news|science|science news|health|health news
environment|climate|education|sport|sports|sports news|sport news|football|soccer|cricket|tennis
basketball|entertainment|entertainment news|culture|arts|books|film|movies|music|lifestyle|life
life & style|style|fashion|food|travel|opinion|opinions|editorial|comment|commentary|columns
analysis|features|feature|long reads|video|videos|photos|pictures|gallery|galleries|podcast
podcasts|weather|crime|crime news|society|asia|europe|africa|americas|middle east|australia
australia news|india|india news|china|uk|us|usa|canada|uk & ireland|press release|press releases
newsletter|newsletters|magazine|faktencheck|fact check|nachrichten|politik|wirtschaft|panorama
gesellschaft|kultur|wissen|wissenschaft|digital|netzwelt|ausland|inland|regionales|meinung|leben
reise|auto|gesundheit|schlagzeilen|aktuell|aktuelles|welt|landespolitik|actualité|actualités
politique|économie|monde|société|sciences|santé|idées|planète|noticias|política|economía|mundo
internacional|nacional|sociedad|deportes|cultura|opinión|tecnología|ciencia|salud
últimas noticias|notizie|politica|economia|mondo|cronaca|esteri|cronache|cultura e spettacoli
notícias|esportes|desporto|brasil|tecnologia|nieuws|binnenland|buitenland|economie|nyheter
innenriks|utenriks|utrikes|inrikes|ekonomi|indland|udland|wiadomości|polityka|gospodarka|świat
kraj|haberler|gündem|dünya|spor|siyaset|son dakika|güncel haberler|новости|политика|экономика
мир|общество|в мире|культура|спорт|новини|політика|економіка|світ|суспільство
ニュース|政治|経済|国際|社会|スポーツ|정치|경제|사회|국제|문화|스포츠|新闻|经济|国际|體育|國際|財經|समाचार|खबरें|राजनीति|berita|nasional|internasional
"""
_SECTIONS = _listed(_SECTION_NAMES)
# What kind of piece it is, as it stands before a colon or a bar: it tells no event from another.
_LABEL_NAMES = """
watch|watch live|listen|look|read|live|live updates|live blog|breaking|breaking news|just in
updated|update|exclusive|revealed|trending|icymi|analysis|explained|explainer|commentary|comment
opinion|editorial|interview|special report|investigation|in focus|fact check|podcast|recap|replay
video|videos|photo|photos|pictures|in pictures|in photos|photo gallery|gallery|photo story
vídeo|vídeos|fotos|foto|galería|en vivo|en directo|última hora|urgente|exclusiva|exclusivo
análisis|análise|opinión|opinião|entrevista|ao vivo|vidéo|vidéos|en direct|direct|exclusif
analyse|entretien|décryptage|reportage|édito|eilmeldung|exklusiv|kommentar|liveticker|liveblog
newsblog|faktencheck|diretta|in diretta|esclusiva|intervista|видео|фото|срочно|эксклюзив
"""
_LABELS = _listed(_LABEL_NAMES)
_LABELLED = re.compile(r"\W*(?P<label>[^\W\d][^:|]{2,18}?)\s?[:|]\s+(?P<title>\S.*)", re.DOTALL)
# Sections of two words, told from words of a title even where nothing parts them from it.
_GLUED = (
    r"(?:Trending|Breaking|Latest|Top|World|Politics|Political|Business|Markets?|Technology|Tech|"
    r"Science|Health|Sports?|Entertainment|Crime|National|International|Local) (?:News|Stories)"
)
_GLUED_FRONT = re.compile(rf"{_GLUED}(?=[“\"‘'(]?[A-Z][\w’']*[”\"’']?[ ,:-])")
_GLUED_BACK = re.compile(rf"(?<=[a-z0-9?!.’”\"')%]){_GLUED}$|\s(?:Trending|Latest) News$")


def repair(title: str, site: str = "", section: str | None = None) -> str:
    """The title without the names of its site and section, where they were glued on.

    ``site``: the publisher's name or its domain, where known; ``section``: what the page says
    of its section. Names go from the end ("… | Trending News", " - BBC News"), from the front
    before a bar, and where nothing parts them from the title ("Markets NewsShares in …"). A
    part of the title that is none of these names stays. The result is never empty unless the
    title is.
    """
    title = title.strip()
    if not _SEPARATOR.search(title):
        return _unglued(title, section)
    pieces = _SEPARATOR.split(title)
    parts, separators = pieces[::2], pieces[1::2]
    names = _names(site)
    start, end = 0, len(parts)
    end = _end(parts, separators, names, section)
    while start < end - 1 and _front(parts[start], separators[start], names, section):
        start += 1
    kept = parts[start]
    for position in range(start + 1, end):
        kept += _joint(separators[position - 1]) + parts[position]
    if not RUN.search(kept):
        kept = title
    return _unglued(" ".join(kept.split()), section)


def without_name(title: str) -> str:
    """The title without last parts that look like names of its publisher or section: a few
    words with capitals behind a bar or a hyphen. For comparing titles, not for showing them, as
    the look of a name may deceive; ``repair`` takes away what is known to be one.

    >>> without_name("Storm nears the coast of Japan | Sports - The Harbour Gazette")
    'Storm nears the coast of Japan'
    >>> without_name("Storm nears Japan - races called off")
    'Storm nears Japan - races called off'
    """
    found = _NAME_BEHIND.fullmatch(title)
    while found:
        words = found["name"].split()
        bar = found["bar"] is not None
        telling = [word for word in words if len(word) > _SMALL] or words
        if (
            len(words) > _NAMED
            or (not bar and len(telling) > _NAMED_BY_DASH)
            or len(found["title"].split()) < (_TITLE_BY_BAR if bar else _TITLE_BY_DASH)
            or any(word[0].isalpha() and not word[0].isupper() for word in telling)
        ):
            break
        title = found["title"]
        found = _NAME_BEHIND.fullmatch(title)
    return title


def without_label(title: str) -> str:
    """The title without a first part that says only what kind of piece it is. For comparing
    titles: what is explained or watched in one is not what is in another.

    >>> without_label("EXPLAINER: How the ferry sank"), without_label("Gaza: talks resume")
    ('How the ferry sank', 'Gaza: talks resume')
    """
    found = _LABELLED.fullmatch(title)
    return found["title"] if found and found["label"].casefold() in _LABELS else title


def signed(title: str) -> tuple[str, str]:
    """A title and the name of its author that ends it ("The price of bread, By Ada Obi"), or
    the title as it is and "". All that an author writes is no topic.
    """
    found = _SIGNED.fullmatch(title.strip())
    return (found[1], found[2]) if found else (title, "")


def choose(candidates: Sequence[str], site: str = "", section: str | None = None) -> str:
    """The title that a page's witnesses agree on.

    ``candidates``: what structured data, OpenGraph, the first heading and the title element
    say, the most trusted first, empty where silent. Each is repaired; a title that is another
    one plus something before or after a separator yields to the shorter; then the one most of
    them say wins, among equals the most trusted.
    """
    repaired = [repair(one[:1000], site, section) for one in candidates if one and one.strip()]
    if not repaired:
        return ""
    folded = [words_alone(one) for one in repaired]
    for place, whole in enumerate(repaired):
        for other, short in zip(folded, repaired, strict=True):
            if _is_part(whole, other) and _enough(short):
                repaired[place], folded[place] = short, other
                break
    votes = [folded.count(one) for one in folded]
    return repaired[votes.index(max(votes))]


def is_name(title: str, site: str) -> bool:
    """Whether a title is nothing but its site's name."""
    names = _names(site)
    parts = [part for part in _SEPARATOR.split(title)[::2] if RUN.search(part)]
    parts = [part.strip(" :|-–—»›*") for part in parts]
    return bool(parts) and all(_is_site(part, names) for part in parts)


def words_alone(text: str) -> str:
    """The words alone, case folded: what two writings of one title have in common."""
    return " ".join(RUN.findall(text.casefold()))


def _end(
    parts: list[str], separators: list[str], names: frozenset[str], section: str | None
) -> int:
    """How many of the parts are the title: the others are names at the end."""
    end = len(parts)
    named = False
    for place in range(1, len(parts)):
        tail = parts[place + 1 :]
        if _is_site(parts[place], names) and all(_is_small(part) for part in tail):
            end, named = place, True
            break
    while end > 1:
        part = parts[end - 1]
        bar = _IS_BAR.fullmatch(separators[end - 2]) is not None
        if (
            _is_site(part, names)
            or (section and words_alone(part) == words_alone(section))
            or ((bar or named) and part.strip().casefold() in _SECTIONS)
            or (bar and named and _stands_as_section(parts, separators, end))
        ):
            end, named = end - 1, True
        else:
            break
    return end


def _stands_as_section(parts: list[str], separators: list[str], end: int) -> bool:
    """Whether the last part stands where sections do: "Title | Spain | The Guardian"."""
    return (
        end < len(parts)
        and separators[end - 2] == separators[end - 1]
        and len(parts[end - 1].split()) <= 2
        and sum(len(part.split()) for part in parts[: end - 1]) >= 4
    )


def _front(part: str, separator: str, names: frozenset[str], section: str | None) -> bool:
    if not _IS_BAR.fullmatch(separator):
        return False
    return (
        _is_site(part, names)
        or part.strip().casefold() in _SECTIONS
        or bool(section and words_alone(part) == words_alone(section))
    )


def _is_small(part: str) -> bool:
    """What may stand behind a site's name: a date, a byline, a section, a place."""
    return (
        len(part.split()) <= 2
        or part.casefold() in _SECTIONS
        or _DATE.fullmatch(part.strip()) is not None
        or _BYLINE.fullmatch(part.strip()) is not None
    )


@lru_cache(maxsize=4096)
def _names(site: str) -> frozenset[str]:
    """The forms in which a site may be named: see ``_is_site``."""
    if not site.strip():
        return frozenset()
    forms = {_squeezed(site), _core(site)}
    if "." in site and " " not in site.strip():  # a domain
        forms.add(_squeezed(site.strip().split(".")[0]))
    words = [word for word in RUN.findall(site) if word.casefold() not in _COMMON]
    capital = [word[0] for word in words if word[0].isupper()]
    if len(capital) >= 3:
        forms.add("".join(capital).casefold())
    # A feed of a section: "Guardian World", "BBC World".
    while len(words) > 1 and words[-1].casefold() in _SECTIONS:
        words.pop()
        forms.add(_core(" ".join(words)))
    return frozenset(form for form in forms if len(form) > 1)


def _is_site(part: str, names: frozenset[str]) -> bool:
    if not names or len(part) > 60:
        return False
    if _squeezed(part) in names:
        return True
    core = _core(part)
    if core and core in names:
        return True
    words = RUN.findall(part)
    while len(words) > 1 and words[-1].casefold() in _SECTIONS | _COMMON:
        words.pop()  # "CNN Politics", "Daily Mail Online"
        if _core(" ".join(words)) in names:
            return True
    telling = [word for word in words if word.casefold() not in _COMMON]
    capital = [word[0] for word in telling if word[0].isupper()]
    return len(capital) >= 3 and "".join(capital).casefold() in names


@lru_cache(maxsize=8192)
def _core(name: str) -> str:
    """The words of a publisher's name that tell it from others, run together."""
    name = re.sub(r"^(?:https?://)?(?:www\.)?", "", name.casefold().strip())
    name = re.sub(r"(?<=\w)\.(?:com?|org|net|info|[a-z]{2})(?:\.[a-z]{2})?(?=$|/|\s)", "", name)
    words = [word for word in RUN.findall(without_marks(name)) if word not in _COMMON]
    return "".join(words)


def _squeezed(name: str) -> str:
    return "".join(RUN.findall(without_marks(name.casefold())))


def _unglued(title: str, section: str | None) -> str:
    """The title without a section's name that nothing parts from it."""
    shorter = _GLUED_BACK.sub("", _GLUED_FRONT.sub("", title, count=1))
    if section and len(section) > 3:
        name = re.escape(section.strip())
        shorter = re.sub(rf"^{name}(?=[A-Z“\"‘]\w+ )", "", shorter)
        shorter = re.sub(rf"(?<=[a-z?!.]){name}$", "", shorter)
    return shorter.strip() if len(shorter.split()) >= 3 else title


def _joint(separator: str) -> str:
    return " " if separator.isspace() else separator


def _enough(title: str) -> bool:
    """Whether what is left can be a title: two words, or four signs of a script without spaces."""
    return len(title.split()) >= 2 or len(title) >= 12 or len(EAST_ASIAN.findall(title)) >= 4


def _is_part(whole: str, short: str) -> bool:
    """Whether a title is another one (folded) with more behind or before a separator."""
    folded = words_alone(whole)
    if len(short) >= len(folded) or short not in folded:
        return False
    pieces = [
        words_alone(piece)
        for piece in re.split(f"{_SEPARATOR.pattern}|, |-(?=\\S)", whole)
        if piece
    ]
    joined = [piece for piece in pieces if piece]
    return any(" ".join(joined[:cut]) == short for cut in range(1, len(joined)))
