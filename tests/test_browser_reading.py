"""What readers do with the pages, in a real browser: keys, following, muting, sharing, offline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from backstory.archive import Archive
from tests.sample import TIDAL, name_of


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="en-GB", viewport={"width": 1000, "height": 800})
    made.set_default_timeout(5000)
    yield made
    made.close()


def kept(page: Page) -> dict[str, list[dict[str, str]]]:
    found = json.loads(page.evaluate("localStorage.getItem('backstory') || '{}'"))
    assert isinstance(found, dict)
    return found


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


# ---------------------------------------------------------------- keys


def test_a_list_is_read_with_the_keyboard(site: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site + "/us/")
    first, second = (page.locator(".card h2 a").nth(place) for place in (0, 1))
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(second).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("k")
    expect(first).to_be_focused()
    address = first.get_attribute("href")
    page.keyboard.press("o")
    page.wait_for_url(f"**{address}")
    page.keyboard.press("h")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/latest")
    page.goto(site + "/world/latest")
    page.keyboard.press("n")
    page.wait_for_url("**mark=*")
    later = page.url
    page.keyboard.press("p")
    page.wait_for_url(lambda url: url != later)


def test_the_keys_are_told(site: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site + "/us/latest")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("next and previous entry")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.get_by_role("link", name="Keyboard shortcuts").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def test_arrow_keys_walk_the_picture(site: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site + "/article/a-tidal-5a")
    page.keyboard.press("b")
    here = page.locator("[data-picture] a:focus")
    assert here.get_attribute("href") == "#event-a-tidal-5a"
    page.keyboard.press("Home")
    before = page.locator("[data-picture] a").first
    expect(before).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(before).to_be_focused()
    target = before.get_attribute("href") or ""
    page.keyboard.press("Enter")
    event = page.locator(target)
    expect(event).to_be_in_viewport()
    assert page.evaluate("document.activeElement.closest('.event').id") == target[1:]


def test_the_picture_leads_without_scripts(site: str, browser: Browser) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1000, "height": 500}
    )
    page = context.new_page()
    page.goto(site + "/article/a-tidal-7b")
    page.locator("[data-picture] a").first.click()
    assert page.url.endswith("#event-a-tidal-3a")
    expect(page.locator("#event-a-tidal-3a")).to_be_in_viewport()
    context.close()


# ---------------------------------------------------------------- following and muting


def test_a_topic_is_followed(site: str, context: BrowserContext, sample: Archive) -> None:
    page = context.new_page()
    page.goto(site + "/article/a-tidal-5a")
    follow = page.get_by_role("button", name="Follow this topic")
    follow.click()
    following = page.get_by_role("button", name="Following")
    assert following.get_attribute("aria-pressed") == "true"
    assert kept(page)["follow"] == [
        {"path": "/topic/a-tidal-3a", "kind": "topic", "name": name_of(sample, TIDAL)}
    ]
    page.goto(site + "/us/tag/kaveri")
    page.keyboard.press("f")
    page.goto(site + "/us/search?q=lighthouse")
    page.locator("#sort").select_option("publish_date")
    page.locator(".words button").click()
    # Only what was filled in stands in the address.
    page.wait_for_url("**/us/search?q=lighthouse&sort=publish_date")
    page.get_by_role("button", name="Follow this search").click()
    page.goto(site + "/following")
    expect(page.locator(".followed h2 a")).to_have_count(3)
    assert page.locator(".followed h2 a").nth(2).inner_text() == "lighthouse"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    address = page.locator("[data-opml]").get_attribute("href") or ""
    text = page.request.get(site + address).text()
    assert "/topic/a-tidal-3a.atom" in text and "/us/search.atom?q=lighthouse" in text
    # What was followed under a name or an address that has changed since follows it.
    page.evaluate("""() => {
      const kept = JSON.parse(localStorage.backstory);
      kept.follow[0] = {path: "/topic/a-tidal-3a/", kind: "topic", name: "An older name"};
      localStorage.backstory = JSON.stringify(kept);
    }""")
    page.reload()
    expect(page.locator(".followed h2 a")).to_have_count(3)
    assert kept(page)["follow"][0]["path"] == "/topic/a-tidal-3a"
    assert kept(page)["follow"][0]["name"] == name_of(sample, TIDAL)
    # No longer.
    page.locator(".followed").nth(1).get_by_role("button", name="Following").click()
    page.reload()
    expect(page.locator(".followed h2 a")).to_have_count(2)


def test_the_list_goes_out_and_comes_in(
    site: str,
    context: BrowserContext,
    browser: Browser,
    tmp_path: Path,
) -> None:
    page = context.new_page()
    page.goto(site + "/topic/a-kaveri-3b")
    page.get_by_role("button", name="Follow this topic").click()
    page.get_by_role("button", name="Mute").click()
    page.goto(site + "/following")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save the list as a file").click()
    file = tmp_path / "list.json"
    waiting.value.save_as(file)
    told = json.loads(file.read_text())
    assert [each["path"] for each in told["follow"]] == ["/topic/a-kaveri-3b"]
    assert [each["id"] for each in told["mute"]] == ["a-kaveri-3b"]

    other = browser.new_context()
    page = other.new_page()
    page.goto(site + "/following")
    expect(page.locator(".nothing")).to_be_visible()
    page.locator("[data-import]").set_input_files(file)
    expect(page.locator(".followed h2 a")).to_have_count(1)
    expect(page.locator("[data-imported]")).to_have_text("2 entries imported")
    elsewhere = {"path": "//elsewhere.example/topic/x", "kind": "topic", "name": "x"}
    file.write_text(json.dumps({"follow": [elsewhere]}))
    page.locator("[data-import]").set_input_files(file)
    expect(page.locator("[data-imported]")).to_have_text("0 entries imported")
    file.write_text("[]")
    page.locator("[data-import]").set_input_files(file)
    expect(page.locator("[data-imported]")).to_contain_text("not a list saved")
    # What was muted can be shown again.
    page.locator("[data-muted] button").click()
    expect(page.locator("[data-muted]")).to_be_hidden()
    assert kept(page)["mute"] == []
    other.close()


def test_a_shared_list_can_be_taken_over(site: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site + "/following?list=/topic/a-tidal-3a&list=/source/najm.example")
    page.get_by_role("button", name="Follow all of these in this browser").click()
    page.wait_for_url("**/following")
    expect(page.locator(".followed h2 a")).to_have_count(2)


def test_what_is_new_since_the_last_visit(site: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site + "/topic/a-tidal-3a")
    page.get_by_role("button", name="Follow this topic").click()
    expect(page.locator(".event .badge.new")).to_have_count(0)
    # As if the visit had been an hour ago, when only the oldest event was there.
    back = """path => {
      const kept = JSON.parse(localStorage.backstory);
      const oldest = [...document.querySelectorAll(".event")].at(-1).dataset.at;
      const newest = Date.parse(oldest);
      kept.seen[path] = {mark: newest, newest, at: Date.now() - 3600000};
      localStorage.backstory = JSON.stringify(kept);
    }"""
    events = page.locator(".event").count()
    page.evaluate(back, "/topic/a-tidal-3a")
    page.goto(site + "/us/")
    beside = page.locator("[data-news] li")
    expect(beside).to_contain_text(f"{events - 1} new")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1000
    page.goto(site + "/article/a-tidal-5a")
    # The article's own event is not called new.
    expect(page.locator(".event .badge.new")).to_have_count(events - 2)
    # The same visit: the marks stay.
    page.goto(site + "/topic/a-tidal-3a")
    expect(page.locator(".event .badge.new")).to_have_count(events - 1)
    # The next visit: seen.
    page.evaluate("""() => {
      const kept = JSON.parse(localStorage.backstory);
      kept.seen["/topic/a-tidal-3a"].at -= 3600000;
      localStorage.backstory = JSON.stringify(kept);
    }""")
    page.reload()
    expect(page.locator(".event .badge.new")).to_have_count(0)


def test_what_is_muted_is_hidden_everywhere(site: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site + "/us/tag/tidal-power")
    page.get_by_role("button", name="Mute").click()
    expect(page.get_by_role("button", name="Muted: show again")).to_be_visible()
    expect(page.locator(".card").first).to_be_visible()
    page.goto(site + "/world/")
    muted = page.locator(".card[data-tags~='tidal-power']")
    assert muted.count() > 0
    expect(muted.first).to_be_hidden()
    line = page.locator(".muted-line")
    expect(line).to_contain_text("muted entr")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    line.get_by_role("button", name="Show").click()
    expect(muted.first).to_be_visible()
    page.goto(site + "/following")
    page.get_by_role("button", name="Show again").click()
    page.goto(site + "/world/")
    expect(muted.first).to_be_visible()


def test_following_without_scripts(site: str, browser: Browser, sample: Archive) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/topic/a-tidal-3a")
    expect(page.get_by_text("Mute", exact=True)).to_be_hidden()
    page.get_by_role("link", name="Follow this topic").click()
    expect(page.locator(".followed h2 a")).to_have_text(name_of(sample, TIDAL))
    expect(page.get_by_text("Without scripts")).to_be_visible()
    expect(page.get_by_role("button", name="Save the list")).to_be_hidden()
    assert page.locator(".followed").get_by_role("link", name="Atom").is_visible()
    context.close()


# ---------------------------------------------------------------- sharing


def test_sharing(site: str, browser: Browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site + "/article/a-tidal-7b")
    top = page.locator(".history").bounding_box()
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Copy the link")).to_be_focused()
    # The list lies over the page and moves nothing.
    assert page.locator(".history").bounding_box() == top
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == site + "/article/a-tidal-7b"
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Mastodon")).to_be_hidden()
    context.close()


def test_sharing_by_an_app_of_the_device(
    site: str, context: BrowserContext, sample: Archive
) -> None:
    page = context.new_page()
    page.add_init_script("navigator.share = async told => { window.shared = told; }")
    page.goto(site + "/topic/a-tidal-3a")
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="With an app on this device").click()
    shared = page.evaluate("window.shared")
    assert shared == {"title": name_of(sample, TIDAL), "url": site + "/topic/a-tidal-3a"}


# ---------------------------------------------------------------- without a network


KEPT = """async path => {
  for (let tries = 0; tries < 500; tries++) {
    const pages = await caches.open("pages");
    if (await pages.match(path, { ignoreVary: true })) return true;
    await new Promise(done => setTimeout(done, 20));
  }
  return false;
}"""


def test_pages_that_were_read_are_there_without_a_network(
    site: str,
    context: BrowserContext,
) -> None:
    page = context.new_page()
    page.goto(site + "/article/a-tidal-5a")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.goto(site + "/us/")
    # The first page is kept as well, though it brought the worker.
    for path in ("/article/a-tidal-5a", "/us/"):
        assert page.evaluate(KEPT, path), path
    context.set_offline(True)
    page.goto(site + "/article/a-tidal-5a")
    assert page.locator(".event").count() == 5
    assert page.evaluate("getComputedStyle(document.body).fontFamily.includes('system-ui')")
    expect(page.locator(".offline-note")).to_be_visible()
    page.goto(site + "/story/a-tidal-7a")
    assert "is not saved" in page.locator("h1").inner_text()
    link = page.locator("[data-kept] a", has_text="Trending")
    link.first.click()
    page.wait_for_url("**/us/")
    assert page.locator(".card").count() >= 3
    context.set_offline(False)


# ---------------------------------------------------------------- sizes and motion


def test_nothing_shifts_while_a_page_loads(site: str, context: BrowserContext) -> None:
    page = context.new_page()
    page.add_init_script(
        """window.shifted = 0;
        new PerformanceObserver(list => {
          for (const one of list.getEntries()) window.shifted += one.value;
        }).observe({type: "layout-shift", buffered: true});"""
    )
    page.goto(site + "/topic/a-tidal-3a")
    page.get_by_role("button", name="Follow this topic").click()
    for address in ("/us/", "/us/latest", "/article/a-tidal-7b", "/us/search?q=barrage"):
        page.goto(site + address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.shifted") < 0.02, address


def test_twice_the_size_of_letters_needs_no_sideways_scrolling(
    site: str,
    context: BrowserContext,
) -> None:
    page = context.new_page()
    # A page at 200 % is a window of half the width with the same letters.
    page.set_viewport_size({"width": 640, "height": 400})
    for address in ("/us/", "/article/a-tidal-7b", "/topic/a-tidal-3a", "/following", "/us/search"):
        page.goto(site + address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, address


def test_reduced_motion_is_heeded(site: str, browser: Browser) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(site + "/article/a-tidal-7b#event-a-tidal-3a")
    running = "document.getAnimations().filter(one => one.playState === 'running').length"
    assert page.evaluate(running) == 0
    context.close()
