"""The pages in a real browser: accessible, quiet, and whole without JavaScript."""

from __future__ import annotations

import itertools
from functools import cache
from importlib.resources import files

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from backstory.archive import Archive
from tests.browsing import served

Options = dict[str, object]
# All rules of axe, and targets of 24 pixels (WCAG 2.2, 2.5.8).
ALL: Options = {"rules": {"target-size": {"enabled": True}}}
# What a colour scheme can break.
OF_COLOUR: Options = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}
PAGES = [
    "/us/",
    "/us/?at=2026-06-20",
    "/us/latest",
    "/us/search?q=barrage&tag=tidal-power",
    "/us/search?q=barrage&date_from=soon",
    "/us/tag/tidal-power",
    "/us/topics",
    "/article/a-tidal-5a",
    "/article/a-choir-1",
    "/article/a-kaveri-4a",
    "/article/a-light-3b",
    "/article/a-undated",
    "/story/a-tidal-7a",
    "/topic/a-tidal-3a",
    "/source/harbourherald.example",
    "/about",
    "/feeds",
    "/feeds?lang=de",
    "/following",
    "/following?list=/topic/a-tidal-3a&list=/us/tag/kaveri&list=/us/search?q=barrage",
    "/keys",
    "/offline",
    "/article/none",
    "/article/a-tidal-7b?lang=hi",
]


@cache
def axe_minified() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text()


def wrong_on(page: Page, options: Options) -> list[str]:
    """What axe finds wrong; only violations cross over, which is most of the time saved."""
    found: list[str] = page.evaluate(
        """async options => (await axe.run({...options, resultTypes: ["violations"]})).violations
        .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html}`))""",
        options,
    )
    return found


@pytest.mark.slow
@pytest.mark.parametrize("width", [1200, 390])
def test_every_page_is_accessible_and_quiet(site: str, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    for address in PAGES:
        page.emulate_media(color_scheme="light")
        page.goto(site + address)
        page.evaluate(axe_minified())
        assert wrong_on(page, ALL) == [], address
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{address} is {wide} wide"
        page.emulate_media(color_scheme="dark")
        assert wrong_on(page, OF_COLOUR) == [], f"{address}, dark"
    # The browser itself reports the pages that answer 400 and 404.
    assert [text for text in complaints if "status of 40" not in text] == []
    assert hosts == {site.split("/")[2]}
    context.close()


def test_labels_of_the_picture_are_legible_on_a_phone(site: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.goto(site + "/article/a-tidal-5a")
    sizes = page.eval_on_selector_all(
        "figure svg text",
        """texts => texts.filter(text => getComputedStyle(text).display !== "none")
        .map(text => ({size: parseFloat(getComputedStyle(text).fontSize),
                       box: text.getBoundingClientRect().toJSON()}))""",
    )
    assert len(sizes) >= 3
    assert all(size["size"] >= 11 for size in sizes)
    assert all(size["box"]["left"] >= 0 and size["box"]["right"] <= 320 for size in sizes)
    ticks = [size["box"] for size in sizes[:-1]]
    for before, after in itertools.pairwise(ticks):
        assert before["right"] < after["left"], "labels overlap"
    page.close()


def test_an_article_reads_without_scripts(site: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/article/a-tidal-7b")
    assert page.locator("h1").inner_text() == "Barrage saved: Northern Grid agrees to pay a third"
    assert "20:16 UTC" in page.locator(".byline").inner_text()
    assert page.locator(".event").count() == 5
    assert page.locator("figure .bar.here").is_visible()
    assert not page.locator("[data-print]").is_visible()
    page.locator(".event.here summary").click()
    page.locator(".event.here").get_by_text("Lindqvist: the Øresund barrage").click()
    assert page.url.endswith("/article/a-tidal-7c")
    context.close()


def test_times_are_told_in_the_readers_zone(site: str, browser: Browser) -> None:
    context = browser.new_context(timezone_id="Asia/Kolkata")
    page = context.new_page()
    page.goto(site + "/article/a-tidal-7b")
    assert "30 June 2026 at 01:46" in page.locator(".byline").inner_text().replace(",", " at")
    assert page.locator(".event.here .date").inner_text() == "29 Jun"
    context.close()


def test_by_keyboard_alone(site: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(site + "/article/a-tidal-5a")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to content"
    box = skip.bounding_box()
    assert box and box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("kaveri/water")
    assert page.locator("[data-search]").input_value() == "kaveri/water"
    page.keyboard.press("Enter")
    page.wait_for_url("**/us/search?q=kaveri*")
    page.close()


def test_a_bar_leads_to_its_event(site: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": 500})
    page.goto(site + "/article/a-tidal-7b")
    page.locator("figure .bar").first.click()
    page.wait_for_function(
        "document.querySelector('#event-a-tidal-3a').getBoundingClientRect().bottom < innerHeight"
    )
    page.close()


def test_an_empty_archive_welcomes(empty: Archive, browser: Browser) -> None:
    with served(empty) as address:
        page = browser.new_page()
        page.goto(address)
        assert "Nothing here yet" in page.locator("h1").inner_text()
        assert Axe().run(page).violations_count == 0
        page.close()
