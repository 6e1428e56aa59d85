"""Titles lose the names that were glued on to them, and nothing else."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.extract.titles import (
    choose,
    is_name,
    repair,
    signed,
    without_label,
    without_name,
    words_alone,
)
from evaluation.data import data_folder

DATA = data_folder()


@pytest.mark.parametrize(
    ("title", "site", "repaired"),
    [
        ("Ferry sinks off Port Ellery | Trending News", "", "Ferry sinks off Port Ellery"),
        ("Ferry sinks off Port Ellery\nTrending News", "", "Ferry sinks off Port Ellery"),
        ("Ferry sinks off Port Ellery Trending News", "", "Ferry sinks off Port Ellery"),
        ("Ferry sinks off Port ElleryTrending News", "", "Ferry sinks off Port Ellery"),
        ("Markets NewsShares in Brennholt slide", "", "Shares in Brennholt slide"),
        ("Markets News“Panic” as shares slide", "", "“Panic” as shares slide"),
        ("Peace talks resume in Cairo - BBC News", "BBC", "Peace talks resume in Cairo"),
        ("Peace talks resume in Cairo - BBC News", "bbc.co.uk", "Peace talks resume in Cairo"),
        ("Town votes — The Harbour Gazette", "Harbour Gazette", "Town votes"),
        ("The Harbour Gazette | Town votes", "Harbour Gazette", "Town votes"),
        ("Kyiv hit - National | Globalnews.ca", "Global News", "Kyiv hit"),
        ("Zu sanft? - Panorama - derStandard.at › Panorama", "DER STANDARD", "Zu sanft?"),
        ("Es war ein Meteorit | NDR.de - Nachrichten - Kiel", "NDR", "Es war ein Meteorit"),
        ("Was wissen wir? – DW – 13.06.2023", "dw.com", "Was wissen wir?"),
        ("Death toll in city fire rises to ten | Spain | The Guardian", "The Guardian",
         "Death toll in city fire rises to ten"),
        ("Plot twist in case | The Pundit | by Jo Laila", "The Pundit", "Plot twist in case"),
        ("韓国が戒厳令 : 読売新聞", "読売新聞", "韓国が戒厳令"),
        ("Man wins | SCMP", "South China Morning Post", "Man wins"),
        ("Man wins | South China Morning Post", "SCMP", "Man wins"),
        ("Crisis deepens - CNN Politics", "CNN", "Crisis deepens"),
        ("Opinion | We need to talk", "", "We need to talk"),
    ],
)  # fmt: skip
def test_glued_names_go(title: str, site: str, repaired: str) -> None:
    assert repair(title, site) == repaired


@pytest.mark.parametrize(
    ("title", "site"),
    [
        ("Budget 3.0 | Sars gets R4bn to hire army of debt collectors", "TimesLIVE"),
        ("Election day – as it happened", "The Guardian"),
        ("Inside Trump’s Washington - and out again", "Washington Post"),
        ("WorldCom bosses’ $54m payout", "BBC"),
        ("BBC staff to strike over pay", "BBC"),
        ("SportsCenter anchor leaves after 20 years", "ESPN"),
        ("Man United 3 - Chelsea 1", "BBC Sport"),
        ("- Angsten vil øke", "Dagbladet"),
        ("Why The Guardian was sued - and won", "The Guardian"),
        ("Fake news: how to tell it", ""),
        ("Latest news bulletin | August 2nd, 2026 – Evening", "Euronews"),
        ("US–China trade: what next?", "Reuters"),
        ("A | B", "C"),
        ("Reuters", "Reuters"),
        ("", "Reuters"),
    ],
)
def test_words_of_the_title_stay(title: str, site: str) -> None:
    assert repair(title, site) == title


@pytest.mark.parametrize(
    ("title", "parted"),
    [
        ("The price of bread, By Ada Obi", ("The price of bread", "Ada Obi")),
        ("Party primaries and the end, By Femi Fani-Kayode & Ibrahim A. Musa",
         ("Party primaries and the end", "Femi Fani-Kayode & Ibrahim A. Musa")),
        ("What was called chaos, By Sa’ad Ò. Àjàyí", ("What was called chaos", "Sa’ad Ò. Àjàyí")),
        ("Hacks For Ordering Takeout, By Cuisine", ("Hacks For Ordering Takeout, By Cuisine", "")),
        ("A painting, by artist Ben Eine", ("A painting, by artist Ben Eine", "")),
        ("Killed By Friendly Fire", ("Killed By Friendly Fire", "")),
        ("Stand, By Ada Obi", ("Stand, By Ada Obi", "")),
    ],
)  # fmt: skip
def test_the_author_who_ends_a_title(title: str, parted: tuple[str, str]) -> None:
    assert signed(title) == parted


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("Ferry sinks off Port Ellery | The Harbour Gazette", "Ferry sinks off Port Ellery"),
        ("Ferry sinks off Port Ellery in storm - El Diario de Hoy",
         "Ferry sinks off Port Ellery in storm"),
        ("Ferry sinks off Port Ellery | Video | Sports", "Ferry sinks off Port Ellery"),
        ("Ferry sinks off Port Ellery - 40 missing", "Ferry sinks off Port Ellery - 40 missing"),
        ("Ferry sinks off Port Ellery – Obi", "Ferry sinks off Port Ellery – Obi"),
        ("What happened off Ellery (May 3 - June 4)", "What happened off Ellery (May 3 - June 4)"),
        ("Ferry sinks off Port Ellery - Rescue Teams Search Through Night",
         "Ferry sinks off Port Ellery - Rescue Teams Search Through Night"),
        ("Daily Brief - Ellery", "Daily Brief - Ellery"),
    ],
)  # fmt: skip
def test_what_looks_like_a_publishers_name_is_not_compared(title: str, bare: str) -> None:
    assert without_name(title) == bare


@given(st.text(max_size=200))
def test_a_title_without_names_is_its_beginning(title: str) -> None:
    bare = without_name(title)
    assert title.startswith(bare)
    assert bool(bare.strip()) == bool(title.strip())
    assert without_name(bare) == bare


def test_the_section_that_a_page_states_goes() -> None:
    assert repair("Shoes for spring - Footwear", "Vogue", "Footwear") == "Shoes for spring"
    assert repair("FootwearShoes for spring are out", "Vogue", "Footwear") == (
        "Shoes for spring are out"
    )


def test_witnesses_are_heard() -> None:
    ours = "Ferry sinks off Port Ellery"
    assert choose([f"{ours} | Welt", ours, ours, ""], "Gazette") == ours
    assert choose(["SEO ferry news", ours, ours], "Gazette") == ours
    assert choose([ours, "Another headline"], "Gazette") == ours
    assert choose([f"{ours} - Coast desk", "x", ours], "Gazette") == ours
    assert choose(["", "", ""], "Gazette") == ""


def test_a_sites_name_is_no_title() -> None:
    assert is_name(":: Sagebrush Sentinel", "sagebrush-sentinel.localhost")
    assert is_name("BBC News - BBC", "BBC")
    assert not is_name("BBC staff strike", "BBC")


@given(st.text(max_size=120), st.text(max_size=40))
def test_a_title_keeps_a_word_if_it_has_one(title: str, site: str) -> None:
    repaired = repair(title, site)
    assert bool(words_alone(repaired)) == bool(words_alone(title))
    assert repair(repaired, site).split() == repair(repaired, site).split()
    assert "\n" not in repaired


@pytest.mark.skipif(not (DATA / "huffpost").exists(), reason="BACKSTORY_DATA is absent")
def test_clean_real_titles_are_left_alone() -> None:
    with gzip.open(DATA / "huffpost/articles.jsonl.gz") as lines:
        rows = [json.loads(line) for line in lines]
    changed = [
        row["title"]
        for row in rows
        if repair(row["title"], row["site"]).split() != row["title"].split()
    ]
    assert changed == []
    assert [row["title"] for row in rows if without_name(row["title"]) != row["title"]] == []


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("EXPLAINER: How the ferry sank", "How the ferry sank"),
        ("Watch | Ferry sinks off Port Ellery", "Ferry sinks off Port Ellery"),
        ("Última hora: se hunde un ferry", "se hunde un ferry"),
        ("'Breaking News : Ferry sinks", "Ferry sinks"),
        ("Gaza: talks resume", "Gaza: talks resume"),
        ("The Latest: Ferry sinks", "The Latest: Ferry sinks"),
        ("Watch: ", "Watch: "),
        ("Live", "Live"),
        ("Interview with a ferryman: how we sank", "Interview with a ferryman: how we sank"),
    ],
)
def test_what_kind_of_piece_it_is_is_not_compared(title: str, bare: str) -> None:
    assert without_label(title) == bare


@given(st.text(max_size=60))
def test_a_title_without_its_label_is_the_end_of_it(title: str) -> None:
    bare = without_label(title)
    assert title.endswith(bare)
    assert bool(bare) == bool(title)
