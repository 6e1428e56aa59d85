"""Tags: people, places, organisations, themes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.enrich.tags.aliases import Aliases
from backstory.enrich.tags.gazetteer import slug
from backstory.enrich.tags.tagger import MOST, tag
from backstory.model.tag import Tag


def slugs(title: str, text: str = "", language: str | None = "en", *given: str) -> list[str]:
    return [found.slug for found in tag(title, text, language, given)]


def test_one_tag_for_all_that_a_person_is_called() -> None:
    text = (
        "U.S. Secretary of State Antony Blinken will travel to China. Secretary Blinken spoke on "
        "Monday. Mr. Blinken's visit was put off in February. Blinken said so himself."
    )
    found = tag("Blinken heads to China", text, "en")
    people = [t for t in found if t.kind == "person"]
    assert people == [Tag("antony-blinken", "Antony Blinken", "person")]
    assert "china" in [t.slug for t in found]


def test_countries_by_name_and_demonym() -> None:
    found = slugs("Iranian and Israeli officials meet", "Talks were held in Qatar on Sunday.")
    assert {"iran", "israel", "qatar"} <= set(found)
    assert "united-states" in slugs("US-led forces leave", "")
    assert "united-kingdom" in slugs("Britain's railways", "The British government pays.")


def test_title_case_headlines_do_not_fool() -> None:
    assert slugs("26-Story Building Demolished By Blaze In Sao Paulo")[0] == "sao-paulo"
    found = tag("Reading Scores Fall As Nice Weather Returns To Schools", "", "en")
    assert [t for t in found if t.kind != "theme"] == []
    assert slugs("Police Arrest Man After Robbery At Store") in ([], ["police"])


def test_places_within_other_names() -> None:
    assert "paris" not in slugs("Paris Hilton sues a newspaper")
    assert "paris-hilton" in slugs("Paris Hilton sues a newspaper")
    assert "washington" not in slugs("Washington Post names editor", "The Washington Post said so.")
    found = slugs("Native American tribes sue", "Native American tribes went to court.")
    assert "united-states" not in found


def test_organisations_by_form_and_acronym() -> None:
    text = (
        "The International Atomic Energy Agency (IAEA) said on Monday that its inspectors were "
        "refused. The Ministry of Foreign Affairs did not comment. The IAEA will meet. Halden "
        "Shipping Corp owns the vessel, Halden Shipping Corp said."
    )
    found = tag("IAEA refused access", text, "en")
    organisations = [t.slug for t in found if t.kind == "organisation"]
    assert organisations[0] == "international-atomic-energy-agency"
    assert "iaea" not in organisations
    assert "ministry-of-foreign-affairs" in organisations
    assert "halden-shipping-corp" in organisations


def test_an_acronym_that_the_text_explains() -> None:
    text = "The Harrowdale Supporters Trust (HST) voted. The HST has 900 members, HST said."
    found = slugs("Trust votes", text)
    assert "harrowdale-supporters-trust" in found and "hst" not in found


def test_themes_from_words() -> None:
    assert "nuclear-weapons" in slugs("Inspectors return", "Uranium enrichment goes on, they say.")
    assert "elections" in slugs("Voters go to the polls in Lyme", "The election is on Sunday.")
    assert "climate-change" in slugs("Climate change talks open", "")


def test_the_words_of_a_places_name_are_no_theme() -> None:
    title = "West Bank village siege fuels concern over settler violence"
    assert "banking" not in {one.slug for one in tag(title, "", "en")}
    title = "West Bank bank shuts its branches as banks run out of cash"
    assert "banking" in {one.slug for one in tag(title, "", "en")}


def test_what_is_no_tag() -> None:
    text = "Read More. First, on Monday in March, I'm told, Here is what we know. AFP reported."
    assert slugs("Here Is What Happened On Monday", text) == []


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        (
            "de",
            "Merz reist nach Paris",
            "Bundeskanzler Friedrich Merz trifft den französischen Präsidenten. Die Regierung "
            "hofft auf eine Einigung über die Wahlen in der Ukraine.",
            {"friedrich-merz", "paris", "france", "ukraine", "elections"},
        ),
        (
            "es",
            "Sánchez viaja a México",
            "El presidente Pedro Sánchez hablará del cambio climático con la ONU.",
            {"pedro-sanchez", "mexico", "climate-change", "united-nations"},
        ),
        (
            "fr",
            "Séisme au Maroc",
            "Le président Emmanuel Macron a proposé l'aide de la France au Maroc après le séisme.",
            {"morocco", "emmanuel-macron", "france", "earthquakes"},
        ),
        ("hi", "अमेरिका और ईरान", "चुनाव के बाद बैठक होगी।", {"united-states", "iran", "elections"}),
        ("ja", "イランと韓国が協議", "国連が発表した。", {"iran", "south-korea", "united-nations"}),
        ("ru", "Путин прибыл в Китай", "США и Украина ведут переговоры.", {"china", "ukraine"}),
        ("ar", "محادثات في مصر", "قالت الأمم المتحدة إن إيران ستشارك.", {"egypt", "iran"}),
    ],
)
def test_other_languages(language: str, title: str, text: str, expected: set[str]) -> None:
    assert expected <= set(slugs(title, text, language))


def test_german_nouns_are_no_names() -> None:
    text = "Der Minister sprach mit dem Vorstand. Die Verhandlungen über den Hafen dauern an."
    found = tag("Verhandlungen über den Hafen", text, "de")
    assert all(t.kind == "theme" for t in found)


def test_given_tags_are_taken_in_where_they_name_something() -> None:
    text = "Talks on the dam were held."
    found = tag("Talks", text, "en", ("World news", "tone/news", "Sonvari Dam", "India"))
    kinds = {t.slug: t.kind for t in found}
    assert kinds["india"] == "place"
    assert "sonvari-dam" in kinds
    assert "world-news" not in kinds and len(found) <= 3


def test_a_section_is_no_tag() -> None:
    found = tag("Talks on the dam", "Talks on the dam were held.", "en", ("Community", "Talks"))
    assert "community" not in {t.slug for t in found}
    assert "talks" in {t.slug for t in found}


def test_slugs() -> None:
    assert slug("São Paulo") == "sao-paulo"
    assert slug("Bashar al-Assad") == "bashar-al-assad"
    assert slug("Women's rights") == "womens-rights"
    assert slug("習近平").isascii()


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300), st.text(max_size=80), st.sampled_from([None, "en", "de", "ja", "hi"]))
def test_any_text(text: str, title: str, language: str | None) -> None:
    found = tag(title, text, language, (title,))
    assert len(found) <= MOST
    assert len({t.slug for t in found}) == len(found)
    assert all(t.slug and t.name for t in found)
    assert found == tag(title, text, language, (title,))


# ------------------------------------------------------------------------------ across the archive

FULL = Tag("antony-blinken", "Antony Blinken", "person")
ALONE = Tag("blinken", "Blinken", "person")
CHINA = Tag("china", "China", "place")


def test_a_surname_becomes_the_full_name_that_is_usual() -> None:
    aliases = Aliases()
    assert aliases.add([ALONE]) == (ALONE,)
    for _ in range(3):
        aliases.add([FULL, CHINA])
    assert aliases.add([ALONE, CHINA]) == (FULL, CHINA)
    assert aliases.add([FULL, ALONE]) == (FULL,)


def test_a_surname_of_several_stays() -> None:
    aliases = Aliases()
    for _ in range(3):
        aliases.add([Tag("cecile-richards", "Cecile Richards", "person")])
        aliases.add([Tag("keith-richards", "Keith Richards", "person")])
    alone = Tag("richards", "Richards", "person")
    assert aliases.add([alone]) == (alone,)


def test_a_slug_has_its_usual_kind() -> None:
    aliases = Aliases()
    for _ in range(6):
        aliases.add([Tag("cannes", "Cannes", "place")])
    assert aliases.add([Tag("cannes", "Cannes", "organisation")])[0].kind == "place"


@given(st.lists(st.lists(st.sampled_from([FULL, ALONE, CHINA]), max_size=3), max_size=40))
def test_the_state_comes_back_from_stored_rows(articles: list[list[Tag]]) -> None:
    window = 7
    lived = Aliases(window)
    stored = [lived.add(tags) for tags in articles]
    again = Aliases(window)
    again.restore(stored[-window:])
    probe = [ALONE, CHINA, FULL]
    assert again.add(probe) == lived.add(probe)
