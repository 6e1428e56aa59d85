"""Summaries that can be read alone."""

from __future__ import annotations

import gzip
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.enrich.summary.boilerplate import (
    is_boilerplate,
    without_dateline,
    without_syndication,
)
from backstory.enrich.summary.extractive import summarise, summarise_story, word_count
from backstory.enrich.summary.selfcontained import balanced, complete, is_anaphoric
from evaluation.data import data_folder

DATA = data_folder()

LONG = " ".join(
    f"The council of Lyme debated point number {n} of the harbour plan for an hour on Monday."
    for n in range(30)
)


def test_no_text_has_no_summary() -> None:
    assert summarise("A title", "", "en") == ""
    assert summarise("A title", " \n ", "en") == ""


def test_a_short_text_is_its_own_summary() -> None:
    text = "The dam at Sonvari was opened on Friday. Two villages were moved for it."
    assert summarise("Dam opens", text, "en") == text


def test_length_and_order() -> None:
    summary = summarise("Harbour plan of Lyme", LONG, "en")
    assert 45 <= word_count(summary) <= 90
    places = [LONG.index(part) for part in summary.replace(". ", ".|").split("|")]
    assert places == sorted(places)
    assert word_count(summarise("Harbour plan", LONG, "en", words=30)) <= 45


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("WASHINGTON — The Senate approved it.", "The Senate approved it."),
        ("LONDON (Reuters) - The pound fell again today.", "The pound fell again today."),
        ("NEW DELHI, Aug 3 (PTI): The court agreed to hear it.", "The court agreed to hear it."),
        ("Beirut (AFP) – The army withdrew from the south.", "The army withdrew from the south."),
        ("(AP) — The storm hit the coast at noon.", "The storm hit the coast at noon."),
        (
            "BEIRUT | Mon Nov 14, 2011 12:21 pm EST BEIRUT (Reuters) - Syria faces isolation.",
            "Syria faces isolation.",
        ),
        ("Brexit: what happens next is open.", "Brexit: what happens next is open."),
        ("The vote - the third - failed on Monday.", "The vote - the third - failed on Monday."),
    ],
)
def test_datelines(line: str, rest: str) -> None:
    assert without_dateline(line) == rest


@pytest.mark.parametrize(
    "line",
    [
        "Read more",
        "Read more: How the dam was built",
        "Sign up for our daily newsletter to get the news in your inbox.",
        "Subscribe now for full access.",
        "Image caption: The dam in May",
        "Photo: Getty Images",
        "By Anna Schmidt",
        "By Anna Schmidt and Ravi Menon",
        "The post Dam opens appeared first on Sonvari Times.",
        "Advertisement",
        "We use cookies to improve your experience.",
        "All rights reserved.",
        "Leer más",
    ],
)
def test_page_text_is_no_summary(line: str) -> None:
    assert is_boilerplate(line)
    text = f"The dam at Sonvari was opened on Friday.\n{line}\nTwo villages were moved for it."
    assert summarise("Dam", text, "en") == (
        "The dam at Sonvari was opened on Friday. Two villages were moved for it."
    )


@pytest.mark.parametrize(
    "line",
    [
        "Getty, who founded the museum, died in 1976.",
        "By Friday the water had reached the second floor.",
        "More than forty people were hurt in the stampede.",
        "The photo of the boy was seen around the world.",
        "Call centres in Manila employ half a million people.",
    ],
)
def test_reports_are_no_page_text(line: str) -> None:
    assert not is_boilerplate(line)


def test_the_line_of_a_syndicated_description_goes() -> None:
    text = "The dam opened. The post Dam opens appeared first on Sonvari Post."
    assert without_syndication(text) == "The dam opened."


def test_a_sign_that_opens_no_tag_hides_nothing() -> None:
    text = "The team lost by 3 < 4 goals on Friday at the old ground. It plays again in Sonvari."
    assert summarise("Match", text, "en") == text


def test_a_sentence_cut_at_a_limit_is_left_out() -> None:
    text = "The dam at Sonvari was opened on Friday. Two villages were moved for it and the ro..."
    assert summarise("Dam", text, "en") == "The dam at Sonvari was opened on Friday."


def test_a_cut_sentence_that_is_all_there_is_ends_with_an_ellipsis() -> None:
    text = "The dam at Sonvari was opened on Friday by the minister and the governor of the..."
    summary = summarise("Dam", text, "en")
    assert summary == "The dam at Sonvari was opened on Friday by the minister and the governor …"


def test_a_fragment_that_was_not_cut_is_shown_as_it_is() -> None:
    text = "Ferry to run twice a day from June"
    assert summarise("Ferry", text, "en") == text


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("“That is it,” he said.", True),
        ("That is it,” he said.", False),
        ('"We won," she said. "All of it."', True),
        ('He said: "We won.', False),
        ("It’s the boys’ day.", True),
        ("‘We won,’ she said.", True),
        ("„Das war es“, sagte er.", True),
        ("« C’est fini », dit-il.", True),
        ("「続ける」と述べた。", True),
        ("The law (passed in May.", False),
        ("A 6' wall and a 12\" rule", False),
    ],
)
def test_balance_of_quotations(text: str, whole: bool) -> None:
    assert balanced(text) is whole


@pytest.mark.parametrize(
    ("sentence", "points"),
    [
        ("He did not elaborate.", True),
        ("However, the talks failed.", True),
        ("But the minister disagreed.", True),
        ("This was the third attempt.", True),
        ("“We will win,” he said.", True),
        ("In addition, two bridges closed.", True),
        ("Aber die Ministerin widersprach.", True),
        ("Sin embargo, el ministro dimitió.", True),
        ("Anna Schmidt said she would resign.", False),
        ("In his speech, President Menon praised the dam.", False),
        ("The minister said he would resign.", False),
        ("This week the council meets twice.", False),
        ("Former minister Ravi Menon lost his seat.", False),
        ("Two bridges closed on Friday.", False),
    ],
)
def test_what_points_at_a_sentence_left_out(sentence: str, points: bool) -> None:
    assert is_anaphoric(sentence) is points


def test_what_leans_stands_behind_what_it_leans_on() -> None:
    text = (
        "Qin and Blinken spoke about Taiwan. " + LONG + " He asked Washington to respect its "
        "concerns about Taiwan and Blinken's visit to Taiwan and to Qin."
    )
    summary = summarise("Qin and Blinken on Taiwan visit concerns", text, "en")
    before = "point number 29 of the harbour plan for an hour on Monday. He asked"
    assert "He asked" not in summary or before in summary


def test_scripts_without_spaces() -> None:
    text = "首相は五月十二日に新しいダムの計画を発表した。" * 2 + "".join(
        f"計画の第{n}項は村の移転と補償について定めている。" for n in range(20)
    )
    summary = summarise("ダム計画", text, "ja")
    assert summary.endswith("。") and 60 <= len(summary) <= 190 and " " not in summary
    hindi = "मंत्री ने बांध का उद्घाटन किया। " + "".join(
        f"दो गाँव हटाए गए और सड़क संख्या {n} बनाई गई। " for n in range(30)
    )
    assert 20 <= word_count(summarise("बांध", hindi, "hi")) <= 90


def test_a_story_is_told_once() -> None:
    one = ("Dam opens", "The dam at Sonvari was opened on Friday by the minister. " + LONG)
    other = (
        "Sonvari dam opened",
        "The dam at Sonvari was opened on Friday by the minister. Engineers found a crack in the "
        "wall of the dam in March. Two villages were moved for the dam and its lake.",
    )
    summary = summarise_story([one, other], "en")
    assert summary.count("opened on Friday by the minister") == 1
    assert "crack" in summary
    assert word_count(summary) <= 90
    assert summarise_story([], "en") == ""
    assert summarise_story([one], "en") == summarise(*one, "en")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=600), st.text(max_size=60), st.sampled_from([None, "en", "ja", "de"]))
def test_any_text(text: str, title: str, language: str | None) -> None:
    summary = summarise(title, text, language)
    assert word_count(summary) <= 92
    assert "\n" not in summary


@pytest.mark.skipif(not DATA.exists(), reason=f"no data at {DATA}")
@pytest.mark.parametrize(
    "name", ["bbc-extracts/dev", "inshorts-summaries/dev", "timelines/articles-dev", "ecb-plus/dev"]
)
def test_faults_in_real_texts_are_rare(name: str) -> None:
    from evaluation.summaries import faults

    with gzip.open(DATA / f"{name}.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    rows = random.Random(5).sample(rows, min(240, len(rows)))
    bad = [
        row["title"]
        for row in rows
        if faults(row["title"], row["text"], summarise(row["title"], row["text"], "en"), "en")
    ]
    assert len(bad) <= 0.015 * len(rows), bad


def test_complete() -> None:
    assert complete("He left.") and complete("“He left.”") and complete("終わった。")
    assert not complete("He left the") and not complete("He left the …")
