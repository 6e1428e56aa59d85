"""Who the made-up publishers are: their names, hosts, countries and the habits of their sites."""

from dataclasses import dataclass, field
from datetime import timedelta, timezone


@dataclass(frozen=True)
class Publisher:
    """One made-up publisher and how its site behaves."""

    key: str
    name: str
    country: str
    language: str
    tagline: str
    city: str
    feed: str
    """Path of the feed."""
    feed_kind: str
    """`rss` or `atom`."""
    path: str
    """How article paths are made: {section}, {slug} and {num} are filled in."""
    offset_hours: float
    sections: tuple[str, ...]
    image: str = "png"
    charset: str = "utf-8"
    gzip: bool = False
    straight_quotes: bool = False
    full_content: bool = False
    """The feed carries whole articles."""
    opaque_guid: bool = False
    """The feed's guid is no address."""
    tracking: str = ""
    """What is added to every link in the feed."""
    feed_suffix: str = field(default="", repr=False)
    """What is glued onto the titles of glued articles in the feed."""

    @property
    def host(self) -> str:
        return f"{self.key}.localhost"

    @property
    def zone(self) -> timezone:
        return timezone(timedelta(hours=self.offset_hours))


PUBLISHERS: tuple[Publisher, ...] = (
    Publisher(
        key="harbour-gazette",
        name="Harbour Gazette",
        country="GB",
        language="en-GB",
        tagline="Port Ellery and the western coast since 1871",
        city="Port Ellery",
        feed="/feed.xml",
        feed_kind="rss",
        path="/{section}/{slug}/",
        offset_hours=0,
        sections=("News", "Courts", "Harbour", "Business", "Community"),
        tracking="?utm_source=rss&utm_medium=feed&utm_campaign=headlines",
    ),
    Publisher(
        key="national-courier",
        name="The National Courier",
        country="GB",
        language="en-GB",
        tagline="Independent since before it was fashionable",
        city="London",
        feed="/rss/latest.atom",
        feed_kind="atom",
        path="/{section}/article/{num}/{slug}",
        offset_hours=0,
        sections=("UK", "World", "Business", "Science", "Sport"),
        gzip=True,
    ),
    Publisher(
        key="touchline",
        image="svg",
        name="Touchline",
        country="GB",
        language="en-GB",
        tagline="Football from the cheap seats",
        city="Harrowdale",
        feed="/feed/",
        feed_kind="rss",
        path="/stories/{num}",
        offset_hours=0,
        sections=("Clubs", "Money", "Matches", "Supporters"),
        opaque_guid=True,
    ),
    Publisher(
        key="meridian-wire",
        name="Meridian Wire",
        country="US",
        language="en-US",
        tagline="News for newsrooms",
        city="Washington",
        feed="/wire/all.rss",
        feed_kind="rss",
        path="/wire/{slug}-{num}.html",
        offset_hours=-5,
        sections=("US", "World", "Science", "Business"),
        full_content=True,
    ),
    Publisher(
        key="plains-dispatch",
        name="Plains Dispatch",
        country="US",
        language="en-US",
        tagline="Member-supported news for the upper Midwest",
        city="Tamarack Falls",
        feed="/rss.php",
        feed_kind="rss",
        path="/story.php?id={num}",
        offset_hours=-6,
        sections=("Government", "Health", "Courts", "Life"),
        straight_quotes=True,
    ),
    Publisher(
        key="market-lantern",
        name="Market Lantern",
        country="US",
        language="en-US",
        tagline="Money, in plain light",
        city="New York",
        feed="/atom.xml",
        feed_kind="atom",
        path="/markets/{slug}-{num}",
        offset_hours=-5,
        sections=("Markets", "Companies", "Commodities"),
        straight_quotes=True,
        feed_suffix=" | Trending News",
    ),
    Publisher(
        key="sagebrush-sentinel",
        name="Sagebrush Sentinel",
        country="US",
        language="en-US",
        tagline="Serving Pinyon County, Nevada",
        city="Sallow Springs",
        feed="/index.rdf.xml",
        feed_kind="rss",
        path="/news/{num}.htm",
        offset_hours=-8,
        sections=("Local", "Water", "Mining", "Ranch"),
    ),
    Publisher(
        key="deccan-standard",
        name="Deccan Standard",
        country="IN",
        language="en-IN",
        tagline="The morning paper of the plateau",
        city="Pune",
        feed="/feeder/default.atom",
        feed_kind="atom",
        path="/{section}/{slug}/article{num}.ece",
        offset_hours=5.5,
        sections=("Nation", "Cities", "Business", "Sport"),
    ),
    Publisher(
        key="monsoon-post",
        name="The Monsoon Post",
        country="IN",
        language="en-IN",
        tagline="Stories from below the cloud",
        city="Mumbai",
        feed="/rss-feeds/top.xml",
        feed_kind="rss",
        path="/{section}/{slug}-{num}",
        offset_hours=5.5,
        sections=("India", "Reportage", "Money", "Opinion"),
    ),
    Publisher(
        key="elbe-bote",
        name="Elbe-Bote",
        country="DE",
        language="de-DE",
        tagline="Unabhängige Zeitung für die Unterelbe",
        city="Norderwisch",
        feed="/rss/aktuell.xml",
        feed_kind="rss",
        path="/{section}/{slug},{num}.html",
        offset_hours=1,
        sections=("Wirtschaft", "Wissen", "Region"),
        charset="iso-8859-1",
    ),
    Publisher(
        key="southern-digest",
        name="Southern Digest",
        country="AU",
        language="en-AU",
        tagline="The world, boiled down",
        city="Port Wakeley",
        feed="/feeds/posts.atom",
        feed_kind="atom",
        path="/read/{slug}",
        offset_hours=10,
        sections=("World", "Science", "Sport", "Local"),
    ),
)

BY_KEY: dict[str, Publisher] = {publisher.key: publisher for publisher in PUBLISHERS}
BY_HOST: dict[str, Publisher] = {publisher.host: publisher for publisher in PUBLISHERS}
