"""Bring the addresses of articles into one form, and tell which publisher they belong to.

``canonical`` gives an address that can be asked for and stored; ``key`` a shorter form that is
equal for addresses that surely lead to the same page. Both follow the URL standard of WHATWG
for host, path and percent-encoding, and take off what only tells who led the reader there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin

from backstory.model.errors import Unreadable, unreadable
from backstory.model.problems import Kind

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

LONGEST = 4096  # characters; longer addresses are data, traps or mistakes


# Parameters that carry no content, whatever their value.
_TRACKING_NAMES = """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igshid
    igsh epik mc_cid mc_eid mkt_tok _ga _gl _hsenc _hsmi __hstc __hssc __hsfp hsctatracking
    ref_src ref_url referrer referer reflink wpisrc cmp cmpid cmpref cmp_id ncid icid intcmp
    int_cmp icmp ito ocid smid smtyp sr_share soc_src soc_trk s_cid tag_id traffic_source
    ns_source ns_mchannel ns_campaign ns_linkname ns_fee xtor xtref ftag ftcamp guccounter
    guce_referrer guce_referrer_sig taid wt_mc wt_zmc wt.mc_id maca spref spm oly_enc_id
    oly_anon_id vero_id vero_conv wickedid trk trkcampaign echobox sref leadsource srnd
    hss_channel __twitter_impression dicbo campaign_id emc sthash sc_cid sc_src ss_sid
    algo_expid algo_pvid partner_source outputtype usqp amp_js_v amp_gsa __s _openstat
    rss_id via_source share_id shareduuid sharetype share_from share_token mod_source
"""
_TRACKING = frozenset(_TRACKING_NAMES.split())
_TRACKING_PREFIXES = ("utm_", "utm-", "at_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_", "__cft__")
# Parameters that are dropped when their value only names a channel.
_CHANNEL_NAMES = frozenset(
    {"ref", "source", "src", "from", "via", "cid", "rss", "feed", "share", "origin", "mod", "mid"}
    | {"link", "output", "amp", "partner"}
)
_CHANNELS = re.compile(
    r"(?:|0|1|true|y|yes|amp|rss|feed|feeds|atom|xml|home|hp|homepage|top|twitter|facebook|fb|tw|"
    r"x|whatsapp|linkedin|reddit|instagram|email|mail|share|social|newsletter|news|google|"
    r"feedburner|google_?news|rss[\w.:-]*|[\w.:-]*rss|feedly|flipboard|apple_?news|msn|yahoo|"
    r"googlenews[\w-]*)",
    re.IGNORECASE,
)

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_CREDENTIALS = re.compile(r"(\s*https?:[/\\]*)([^/?#\\]*)@", re.IGNORECASE)
# The addresses that need nothing done beyond a look at the host: most of them.
_SEGMENT = r"/[A-Za-z0-9_~,;:@!$'()*+=-][A-Za-z0-9._~,;:@!$'()*+=-]*"
_PLAIN = re.compile(rf"(https?)://([a-z0-9.-]+\.[a-z]{{2,}})((?:{_SEGMENT})+/?)")
_PARTS = re.compile(r"//([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_KEPT_FRAGMENT = re.compile(r"(?:[!/].+|[0-9]{1,6})")
_AMP_END = re.compile(r"^(.*[/][^/]*[-0-9][^/]*)/amp/?$|^(.+)\.amp(\.html?)?$")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ALTERNATE_HOST = re.compile(r"^(?:www\d?|m|mobile|amp|mobil)\.")


@dataclass(frozen=True, slots=True)
class Address:
    """An http(s) address, judged once: the one form that is stored, and what follows from it.

    ``url``: see ``canonical``; ``key``: equal for addresses that surely lead to the same page;
    ``host``: in lower case and IDNA; ``domain``: the registrable domain, which stands for the
    publisher.
    """

    url: str
    key: str
    host: str
    domain: str

    @staticmethod
    def of(stated: str) -> Address:
        """Raises ``Unreadable`` for what is no http(s) address."""
        return _address(stated)


@lru_cache(maxsize=4096)
def _address(stated: str) -> Address:
    url = _canonical(stated)
    host, _, _ = url.split("://", 1)[1].partition("/")
    host = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return Address(url, _key(url), host, _domain_of_host(host))


def canonical(url: str) -> str:
    """The address in its one form: ready to be asked for and stored, ASCII only.

    Scheme and host in lower case, international names as IDNA, default port, credentials,
    fragment and tracking parameters off, dots and percent-encoding resolved; AMP caches and
    AMP variants lead to the plain page where that is safe. A fragment that is a number stays
    (archives number the items of a page so), as does one that begins with "!" or "/" (pages that
    a script draws).

    Raises ``Unreadable`` for what is no http(s) address.
    """
    return _address(url).url


def key(url: str) -> str:
    """What is equal for addresses that surely lead to the same page.

    Of the canonical address without scheme, ``www.`` and the like, a mobile host's prefix,
    the trailing slash, an index file, and with its parameters sorted. Raises ``Unreadable``.
    """
    return _address(url).key


def _canonical(url: str, caches: int = 2) -> str:
    plain = _PLAIN.fullmatch(url)
    if (
        plain is not None
        and len(url) <= LONGEST
        and "amp" not in url
        and _host(plain.group(2)) == plain.group(2)
    ):
        return url
    scheme, host, port, path, query, fragment = _split(url)
    cached = _amp_cache(host, path, query)
    if cached is not None and caches:
        return _canonical(cached, caches - 1)
    path = _path(path)
    query = _query(query)
    amp = _AMP_END.match(path)
    if amp is not None:
        slug, stem, extension = amp.groups()
        path = f"{stem}{extension or ''}" if slug is None else slug
    address = f"{scheme}://{host}{port}{path}"
    if query:
        address += "?" + query
    if fragment and _KEPT_FRAGMENT.fullmatch(fragment):
        address += "#" + quote(fragment, safe="!/=&%:;,+@")
    return _bounded(address)


def fetchable(url: str, base: str | None = None) -> str:
    """A link as it can be asked for: absolute, ASCII, nothing that could matter taken off.

    For images, feeds and enclosures, whose parameters are part of them. ``base`` is the page
    that the link stands on. Raises ``Unreadable``.
    """
    url = url.strip()
    if base is not None and not url.lower().startswith(("http://", "https://")):
        other = _SCHEME.match(url)
        if other is not None:
            raise unreadable(Kind.ADDRESS_SCHEME, scheme=other.group(1).lower()[:20])
        try:
            url = urljoin(base, url)
        except ValueError:
            raise unreadable(Kind.ADDRESS_HOST, host=url[:60]) from None
    scheme, host, port, path, query, _ = _split(url)
    if query:
        query = "?" + quote(query, safe="!$&'()*+,;=:@/?%-._~[]|")
    return _bounded(f"{scheme}://{host}{port}{_path(path)}{query}")


def linked(stated: object, base: str | None = None) -> str | None:
    """``fetchable`` for a link that somebody else wrote; None where it is none."""
    if not isinstance(stated, str) or not stated.strip():
        return None
    try:
        return fetchable(stated, base)
    except Unreadable:
        return None


def apart(url: str) -> tuple[str, str]:
    """An address without the name and password before its host, and these (``name:password``).

    What is no address is left as it is: whoever judges it says so.
    """
    found = _CREDENTIALS.match(url)
    if found is None:
        return url, ""
    front, secret = found.groups()
    return front + url[found.end() :], unquote(secret)


def _key(url: str) -> str:
    rest = url.split("://", 1)[1]
    host, slash, path = rest.partition("/")
    host = _plain_host(host)
    if not slash:
        return host
    path, mark, query = path.partition("?")
    path = re.sub(r"(?:^|/)(?:index|default)\.(?:html?|php|aspx?)$", "", path).rstrip("/")
    if mark:
        path += "?" + "&".join(sorted(query.split("&")))
    return f"{host}/{path}"


def _bounded(address: str) -> str:
    """The address, which encoding may have made longer than it came."""
    if len(address) > LONGEST:
        raise unreadable(Kind.ADDRESS_LONG, most=LONGEST)
    return address


@lru_cache(maxsize=4096)
def registrable_domain(host_or_url: str) -> str:
    """The domain that a publisher registered: ``www.bbc.co.uk`` -> ``bbc.co.uk``.

    Takes a host or an address. ``*.localhost`` names are their own domains; IP addresses and
    public suffixes stay as they are. Raises ``Unreadable`` for what is neither.
    """
    if "/" in host_or_url:
        return _domain_of_host(_split(host_or_url)[1])
    host = host_or_url.strip()
    if not host.startswith("[") and host.count(":") == 1:
        host = host.partition(":")[0]
    return _domain_of_host(_host(host))


@lru_cache(maxsize=16384)
def _domain_of_host(host: str) -> str:
    if host.startswith("[") or _NUMERIC.fullmatch(host.rpartition(".")[2]):
        return host
    if host.endswith(".localhost"):
        return ".".join(host.split(".")[-2:])
    return _suffixes().privatesuffix(host) or host


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


@lru_cache(maxsize=16384)
def _plain_host(host: str) -> str:
    shorter = _ALTERNATE_HOST.sub("", host)
    name, _, _ = shorter.partition(":")
    if (
        shorter != host
        and "." in name
        and _domain_of_host(name) == _domain_of_host(host.partition(":")[0])
    ):
        host = shorter
    return re.sub(r"^([a-z]{2,3})\.m\.(?=wikipedia|wikinews)", r"\1.", host)


def _split(url: str) -> tuple[str, str, str, str, str, str]:
    """Scheme, host, ":port" or "", path, query, fragment; the first three in their one form."""
    url = url.strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r \x1f\u3000\xa0\ufeff\u200b")
    if not url:
        raise unreadable(Kind.ADDRESS_EMPTY)
    if len(url) > LONGEST:
        raise unreadable(Kind.ADDRESS_LONG, most=LONGEST)
    if "\n" in url or "\t" in url or "\r" in url:
        url = url.replace("\n", "").replace("\t", "").replace("\r", "")
    found = _SCHEME.match(url)
    if found is None:
        raise unreadable(Kind.ADDRESS_SCHEME, scheme="")
    scheme = found.group(1).lower()
    if scheme not in ("http", "https"):
        raise unreadable(Kind.ADDRESS_SCHEME, scheme=scheme[:20])
    rest = url[found.end() :]
    if "\\" in rest:
        front, mark, query = rest.partition("?")
        rest = front.replace("\\", "/") + mark + query
    rest = "//" + rest.lstrip("/")
    parts = _PARTS.match(rest)
    assert parts is not None  # every part of the pattern may be empty
    authority, path, query, fragment = (part or "" for part in parts.groups())
    if "&" in query and "&amp;" in query.replace("&#38;", "&amp;"):
        query = query.replace("&#38;", "&amp;").replace("&amp;", "&")  # escaped once too often
    authority = authority.rpartition("@")[2]
    name, port = authority, ""
    if authority.startswith("["):
        name, bracket, port = authority.partition("]")
        name += bracket
        if not bracket or (port and not port.startswith(":")):
            raise unreadable(Kind.ADDRESS_HOST, host=authority[:60])
        port = port[1:]
    elif ":" in authority:
        name, _, port = authority.rpartition(":")
    host = _host(name)
    if port:
        if not (port.isascii() and port.isdigit() and 0 < int(port[:9]) < 65536):
            raise unreadable(Kind.ADDRESS_PORT, port=port[:20])
        number = int(port)
        port = "" if number == (443 if scheme == "https" else 80) else f":{number}"
    return scheme, host, port, path, query, fragment


@lru_cache(maxsize=65536)
def _host(name: str) -> str:
    """A host name in its one form: lower case, IDNA, IPv4 as dotted decimal, IPv6 compressed."""
    if name.startswith("["):
        try:
            return f"[{IPv6Address(name[1:-1].partition('%')[0]).compressed}]"
        except AddressValueError:
            raise unreadable(Kind.ADDRESS_HOST, host=name[:60]) from None
    if "%" in name:
        name = unquote(name)
    if name.isascii():
        host = name.lower()
    else:
        import idna

        try:  # UTS 46 folds the case itself: a final sigma must come to it as it was written
            host = idna.encode(name, uts46=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError):
            raise unreadable(Kind.ADDRESS_HOST, host=name[:60]) from None
    host = host.removesuffix(".")
    labels = host.split(".")
    if not host:
        raise unreadable(Kind.ADDRESS_HOST, host="")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise unreadable(Kind.ADDRESS_HOST, host=name[:60])
    if _NUMERIC.fullmatch(labels[-1]):
        return _ipv4(labels, name)
    return host


def _ipv4(labels: list[str], name: str) -> str:
    """Dotted decimal for one of the many ways to write an IPv4 address (WHATWG URL, 3.5)."""
    numbers = []
    for label in labels:
        if not _NUMERIC.fullmatch(label) or len(label) > 20:
            raise unreadable(Kind.ADDRESS_HOST, host=name[:60])
        try:
            if label.startswith("0x"):
                numbers.append(int(label[2:] or "0", 16))
            elif label.startswith("0") and len(label) > 1:
                numbers.append(int(label, 8))
            else:
                numbers.append(int(label))
        except ValueError:
            raise unreadable(Kind.ADDRESS_HOST, host=name[:60]) from None
    if (
        len(numbers) > 4
        or any(number > 255 for number in numbers[:-1])
        or numbers[-1] >= 256 ** (5 - len(numbers))
    ):
        raise unreadable(Kind.ADDRESS_HOST, host=name[:60])
    value = numbers[-1]
    for place, number in enumerate(numbers[:-1]):
        value += number << (8 * (3 - place))
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def _path(path: str) -> str:
    if not path:
        return "/"
    if "/." in path or "%2e" in path.lower():
        path = _without_dots(path)
    return _encoded(path, safe="/!$&'()*+,;=:@%-._~[]|")


def _encoded(part: str, safe: str) -> str:
    """Percent-encoded where needed, and only there; hexadecimal digits in upper case."""
    if "%" in part:
        part = _ESCAPE.sub(_escape, part)
        part = re.sub(r"%(?![0-9A-F]{2})", "%25", part)
    return quote(part, safe=safe)


def _escape(found: re.Match[str]) -> str:
    character = chr(int(found.group(1), 16))
    return character if character in _UNRESERVED else found.group().upper()


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = re.sub("%2e", ".", path, flags=re.IGNORECASE).split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _query(query: str) -> str:
    if not query:
        return ""
    kept = []
    for parameter in query.split("&"):
        name, _, value = parameter.partition("=")
        folded = name.lower().removeprefix("amp;")
        if (
            not parameter
            or folded in _TRACKING
            or folded.startswith(_TRACKING_PREFIXES)
            or (folded in _CHANNEL_NAMES and _CHANNELS.fullmatch(value))
        ):
            continue
        kept.append(_encoded(parameter, safe="!$'()*+,;=:@/?%-._~[]|"))
    return "&".join(kept)


def _amp_cache(host: str, path: str, query: str) -> str | None:
    """The publisher's own address behind an AMP cache, or None where it is no cache."""
    if host.endswith(".cdn.ampproject.org"):
        found = re.match(r"/[vcira](?:/s)?/(?:s/)?(.+)", path)
    elif host.startswith(("www.google.", "google.")) and path.startswith("/amp/"):
        found = re.match(r"/amp/(?:s/)?(.+)", path)
    else:
        return None
    if found is None:
        return None
    scheme = "https" if "/s/" in path[: found.start(1)] else "http"
    return f"{scheme}://{unquote(found.group(1))}" + (f"?{query}" if query else "")
