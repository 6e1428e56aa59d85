"""Five things that a new reader wants, done in a real browser, with what each of them takes.

``python -m evaluation.tasks --store sqlite:///backstory.db [--pictures FOLDER]`` serves the store,
does each task as a reader would who begins on trending (Playwright with Debian's Chromium), checks
that it came out, and tells the actions that it took: clicks, taps, texts and days filled in, keys
pressed. ``--pictures``: a screenshot of where each task ended. Exit status 1 where one failed.
"""

from __future__ import annotations

import argparse
import calendar
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from backstory.archive import Archive
from backstory.model.views import Query, StoryCard
from backstory.serve.app import create_app
from evaluation import tables
from newsstand.loopback import served

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
KEPT = """async path => {
  for (let tries = 0; tries < 300; tries++) {
    const pages = await caches.open("pages");
    if (await pages.match(path, { ignoreVary: true })) return true;
    await new Promise(done => setTimeout(done, 20));
  }
  return false;
}"""


@dataclass
class Reader:
    """A page, and what was done on it so far."""

    page: Page
    did: list[str] = field(default_factory=list)

    def click(self, name: str, role: str = "link") -> None:
        self.did.append(f"choose “{name[:50]}”")
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]

    def open_list(self, name: str) -> None:
        self.did.append(f"open “{name}”")
        self.page.get_by_text(name, exact=True).first.click()

    def fill(self, label: str, text: str) -> None:
        self.did.append(f"write “{text}”")
        self.page.get_by_label(label, exact=True).first.fill(text)

    def press(self, key: str) -> None:
        self.did.append(f"press {key}")
        self.page.keyboard.press(key)

    def go_back(self) -> None:
        self.did.append("go back")
        self.page.go_back()


Task = Callable[[Reader, Archive, str], None]


def story_with_backstory(archive: Archive) -> StoryCard:
    cards = archive.stories(None, limit=20).results
    return max(cards, key=lambda card: (len(card.before), card.topic is not None))


def find_what_led_to_a_story(reader: Reader, archive: Archive, base: str) -> None:
    card = story_with_backstory(archive)
    reader.page.goto(f"{base}/world/")
    # The last three events stand on the list itself, before anything is done.
    expect(reader.page.get_by_text(card.before[0].headline).first).to_be_visible()
    reader.click(card.headline)
    expect(reader.page.locator(".event.here")).to_have_count(1)
    reader.page.wait_for_load_state()
    reader.press("h")
    expect(reader.page.locator("#history")).to_be_in_viewport()


def follow_a_topic(reader: Reader, archive: Archive, base: str) -> None:
    reader.page.goto(f"{base}/world/")
    topic = archive.topics(limit=1)[0]
    reader.click(topic.name)
    reader.click("Follow this topic", "button")
    reader.click("Following")
    expect(reader.page.locator("main").get_by_text(topic.name).first).to_be_visible()


def find_an_article_of_june_about_a_person(reader: Reader, archive: Archive, base: str) -> None:
    newest = archive.newest()
    assert newest is not None
    year = newest.year if newest.month > 6 else newest.year - 1
    first, last = f"{year}-06-01", f"{year}-06-{calendar.monthrange(year, 6)[1]}"
    day = newest.date().replace(year=year, month=6, day=15)
    rows = archive.articles(
        Query(date_from=day - timedelta(days=7), date_to=day + timedelta(days=7)), 200
    ).results
    person = next(tag.name for row in rows for tag in row.tags if tag.kind == "person")
    reader.page.goto(f"{base}/world/")
    reader.press("/")
    reader.did.append(f"write “{person}”")
    reader.page.keyboard.type(person)
    reader.press("Enter")
    reader.fill("From", first)
    reader.fill("To", last)
    reader.press("Enter")
    reader.page.wait_for_url("**date_from=*")
    times = reader.page.locator(".card .facts time").evaluate_all(
        "all => all.map(one => one.getAttribute('datetime').slice(0, 7))"
    )
    assert times and set(times) == {f"{year}-06"}, times
    words = person.split()[-1].casefold()
    assert words in (reader.page.locator(".card").first.text_content() or "").casefold()


def read_on_a_phone_without_a_network(reader: Reader, archive: Archive, base: str) -> None:
    card = story_with_backstory(archive)
    page, context = reader.page, reader.page.context
    page.goto(f"{base}/world/")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    reader.click(card.headline)
    page.wait_for_load_state()
    assert page.evaluate(KEPT, page.evaluate("location.pathname"))
    reader.go_back()
    context.set_offline(True)
    reader.did.append("(the network is gone)")
    reader.click(card.headline)
    expect(page.locator(".offline-note")).to_be_visible()
    expect(page.locator(".event.here")).to_have_count(1)
    context.set_offline(False)
    reader.did.remove("(the network is gone)")


def share_a_timeline(reader: Reader, archive: Archive, base: str) -> None:
    card = story_with_backstory(archive)
    reader.page.goto(f"{base}/world/")
    reader.click(card.headline)
    reader.open_list("Share")
    reader.click("Copy the link", "button")
    expect(reader.page.get_by_role("button", name="Copied")).to_be_visible()
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    assert copied == reader.page.url
    # Whoever gets the link sees the timeline drawn.
    drawn = reader.page.locator('meta[property="og:image"]').get_attribute("content")
    answer = reader.page.request.get(drawn or "")
    assert answer.ok and answer.headers["content-type"] == "image/png"


TASKS: dict[str, tuple[Task, dict[str, int]]] = {
    "find what led to a story": (find_what_led_to_a_story, DESK),
    "follow a topic": (follow_a_topic, DESK),
    "find an article of June about a person": (find_an_article_of_june_about_a_person, DESK),
    "read on a phone without a network": (read_on_a_phone_without_a_network, PHONE),
    "share a timeline": (share_a_timeline, DESK),
}


def fresh(browser: Browser, size: dict[str, int]) -> BrowserContext:
    """A reader who was never here."""
    return browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        permissions=["clipboard-read", "clipboard-write"],
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evaluation.tasks", description=__doc__)
    parser.add_argument("--store", default=os.environ.get("BACKSTORY_STORE"))
    parser.add_argument("--pictures", type=Path, help="a folder for screenshots")
    tables.write_option(parser)
    chosen = parser.parse_args()
    chromium = shutil.which("chromium")
    if chosen.store is None or chromium is None:
        print("tasks: needs --store and chromium", file=sys.stderr)
        return 2
    failed = 0
    rows = []
    with Archive(chosen.store) as archive, sync_playwright() as driver:
        newest = archive.newest()
        if newest is None:
            raise SystemExit("tasks: the store is empty")
        app = create_app(archive, clock=lambda: newest + timedelta(hours=1))
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with served(app) as base:
            for place, (name, (task, size)) in enumerate(TASKS.items(), 1):
                context = fresh(browser, size)
                reader = Reader(context.new_page())
                try:
                    task(reader, archive, base)
                    told = f"{len(reader.did)} actions"
                except AssertionError as error:
                    failed += 1
                    told = f"FAILED after {len(reader.did)}: {str(error).splitlines()[0]}"
                print(f"{name}: {', '.join(reader.did)}", flush=True)
                rows.append((name, told))
                if chosen.pictures:
                    chosen.pictures.mkdir(parents=True, exist_ok=True)
                    reader.page.screenshot(path=chosen.pictures / f"task-{place}.png")
                context.close()
        browser.close()
    tables.show(tables.table("tasks", ("task", "takes"), rows), chosen.write)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
