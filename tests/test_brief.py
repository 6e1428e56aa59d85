"""The brief: what it tells, in which order, in which form, and that it tells nothing twice."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from click.testing import CliRunner, Result
from lxml import html

from backstory.archive import Archive
from backstory.archive.briefs import Brief, Followed, compose
from backstory.cli import cli
from backstory.cli.common import Failure
from backstory.model.errors import Unreadable
from backstory.model.views import TopicRef
from backstory.serve.brief import formats as briefs
from backstory.serve.formatting import day_words
from tests.archives import made
from tests.sample import NOW, TIDAL_7, copied, merge_stories

DAY = timedelta(days=1)


def stories(brief: Brief | None) -> list[str]:
    assert brief is not None
    return list(brief.stories)


# ---------------------------------------------------------------- what it tells


def test_what_is_followed_comes_first_with_its_backstory(sample: Archive) -> None:
    followed = Followed(topics=(TopicRef("a-tidal-3a", "Barrage"),))
    made = compose(sample, None, DAY, NOW, followed)
    assert made is not None
    topic, day = made.sections
    assert (topic.kind, topic.name, day.kind) == ("topic", "Barrage", "day")
    (told,) = topic.stories
    assert told.story == "a-tidal-7a"
    assert 0 < len(told.before) <= 3
    assert all(made.since >= line.order for line in told.before)
    assert "a-tidal-7a" not in [one.story for one in day.stories]  # once in a brief
    assert len(set(stories(made))) == len(stories(made))


def test_tags_sources_and_searches_are_followed(sample: Archive) -> None:
    followed = Followed(
        tags=((None, "tidal-power", "Tidal power"),),
        sources=(("harbourherald.example", "Harbour Herald"),),
        searches=((None, "choir"),),
    )
    made = compose(sample, None, 3 * DAY, NOW, followed)
    assert made is not None
    kinds = [section.kind for section in made.sections]
    assert kinds[0] == "tag" and kinds == sorted(
        kinds, key=["tag", "source", "search", "day"].index
    )


def test_what_was_told_is_not_told_again(sample: Archive) -> None:
    first = stories(compose(sample, "US", 30 * DAY, NOW))
    assert len(first) == 10
    again = stories(compose(sample, "US", 30 * DAY, NOW, reported=first[:2]))
    assert again[:8] == first[2:] and not set(again) & set(first[:2])
    more = stories(compose(sample, "US", 30 * DAY, NOW, reported={*first, *again}))
    none = compose(sample, "US", 30 * DAY, NOW, reported={*first, *again, *more})
    assert none is not None and none.sections == ()


def test_a_brief_without_news_says_since_when(sample: Archive) -> None:
    first = compose(sample, None, DAY, NOW)
    later = compose(sample, None, DAY, NOW, reported=["a-tidal-7a"])
    assert first is not None and later is not None
    first, later = replace(first, sections=()), replace(later, sections=())
    assert "the last brief" not in briefs.text(first)
    for shown in (briefs.text(first), briefs.markdown(first), briefs.html(first)):
        assert f"Nothing new since {day_words(first.since.date())}." in shown
    assert "Nothing new since the last brief." in briefs.text(later)


def test_what_took_in_a_told_story_has_been_told(sample_folder: Path, tmp_path: Path) -> None:
    store = copied(sample_folder, tmp_path / "merged")
    merge_stories(store, "a-town-0", TIDAL_7)
    with Archive(store) as merged:
        assert TIDAL_7 in stories(compose(merged, None, DAY, NOW))
        assert TIDAL_7 not in stories(compose(merged, None, DAY, NOW, reported=["a-town-0"]))
    store.close()


def test_what_is_muted_is_left_out(sample: Archive) -> None:
    plain = stories(compose(sample, None, 3 * DAY, NOW))
    assert "a-tidal-7a" in plain and "a-choir-1" in plain
    for muted in (
        Followed(muted_topics=frozenset({"a-tidal-3a"})),
        Followed(muted_tags=frozenset({"tidal-power"})),
    ):
        left = stories(compose(sample, None, 3 * DAY, NOW, muted))
        assert "a-tidal-7a" not in left and "a-choir-1" in left


def test_an_empty_archive_has_no_brief(empty: Archive) -> None:
    assert compose(empty, None, DAY) is None


# ---------------------------------------------------------------- what is followed


def test_the_export_of_the_following_page_is_read(tmp_path: Path) -> None:
    path = tmp_path / "follow.json"
    follow = [
        {"path": "/topic/a-tidal-3a", "kind": "topic", "name": "Barrage"},
        {"path": "/us/tag/k%C3%A4se", "kind": "tag", "name": "Käse"},
        {"path": "/world/search?q=tidal+power&sort=publish_date", "kind": "search", "name": "x"},
        {"path": "/source/harbourherald.example", "kind": "source", "name": "Harbour Herald"},
        {"path": "/gb/", "kind": "edition", "name": "Britain"},
    ]
    mute = [{"kind": "tag", "id": "kaveri", "name": "Kaveri"}]
    path.write_text(json.dumps({"version": 1, "follow": follow, "mute": mute}))
    assert briefs.read_followed(path) == Followed(
        topics=(TopicRef("a-tidal-3a", "Barrage"),),
        tags=(("US", "käse", "Käse"),),
        sources=(("harbourherald.example", "Harbour Herald"),),
        searches=((None, "tidal power"),),
        muted_tags=frozenset({"kaveri"}),
    )


NO_EXPORTS = [
    "",
    "[]",
    "{}",
    "\x00",
    '{"version": 2}',
    '{"version": 1, "follow": [1]}',
    '{"version": 1, "mute": 7}',
    '{"version": 1, "follow": [{"path": "/xx/tag/a"}]}',
]


@pytest.mark.parametrize("content", NO_EXPORTS)
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "follow.json"
    path.write_text(content)
    with pytest.raises(Unreadable, match=r"following|edition"):
        briefs.read_followed(path)


# ---------------------------------------------------------------- forms


@pytest.fixture(scope="module")
def whole(sample: Archive) -> Brief:
    followed = Followed(topics=(TopicRef("a-tidal-3a", "Barrage <of> *Øresund*"),))
    made = compose(sample, None, 5 * DAY, NOW, followed)
    assert made is not None
    return made


def test_text_is_narrow_and_whole(whole: Brief) -> None:
    text = briefs.text(whole, "https://news.example")
    for line in text.splitlines():
        assert len(line) <= 78 or "://" in line or re.match(r"    \d", line)
    flat = " ".join(text.split())
    for section in whole.sections:
        for told in section.stories:
            assert " ".join(told.headline.split()) in flat
            assert f"https://news.example/story/{told.story}" in text
    assert "Before this:" in text and "\x00" not in text


def test_html_is_markup_of_ours_alone(whole: Brief) -> None:
    text = briefs.html(whole, "https://news.example/")
    page: Any = html.fromstring(text)
    assert not page.xpath("//script | //img | //b")
    assert len(page.xpath("//h3/a[starts-with(@href, 'https://news.example/story/')]")) == len(
        whole.stories
    )
    assert "Barrage <of> *Øresund*" in [node.text for node in page.xpath("//h2")]


def test_markdown_escapes_what_publishers_wrote(whole: Brief) -> None:
    text = briefs.markdown(whole)
    assert "## Barrage \\<of\\> \\*Øresund\\*" in text
    assert "\\<script\\>" in text and "<script" not in text.replace("\\<script", "")
    assert not re.search(r"\]\(<(?!https?://)", text)


def test_data_names_everything(whole: Brief) -> None:
    data = briefs.data(whole)
    assert [len(s["stories"]) for s in data["sections"]] == [len(s.stories) for s in whole.sections]
    json.dumps(data)


# ---------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("brief")
    file = made(300, folder / "some.jsonl", per_day=20)
    url = f"sqlite:///{folder / 'brief.db'}"
    assert run("import", file, "--store", url).exit_code == 0
    return url


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def asked(store: str, *words: object) -> list[object]:
    return ["brief", "--store", store, "--since", "60d", *words]


def told_in(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [
        s["story"] for section in json.loads(result.stdout)["sections"] for s in section["stories"]
    ]


def test_a_state_file_is_what_keeps_from_telling_twice(store: str, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    first = told_in(run(*asked(store, "--json", "--state", state)))
    assert len(first) == 10
    assert told_in(run(*asked(store, "--json"))) == first  # without one nothing is remembered
    second = told_in(run(*asked(store, "--json", "--state", state)))
    assert second and not set(first) & set(second)
    assert set(json.loads(state.read_text())["told"]) == {*first, *second}


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_every_form_is_printed(store: str, form: str) -> None:
    result = run(*asked(store, "--format", form))
    assert result.exit_code == 0 and "Before this" in result.stdout


def test_what_is_wrong_is_one_line(store: str, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text("{}")
    for words in (
        ["--state", other],
        ["--follow", other],
        ["--state", tmp_path / "none" / "state.json"],
        ["--state", tmp_path / "new.json", "--again"],
        ["--mail", "reader@there.example"],
    ):
        result = run(*asked(store, *words))
        assert isinstance(result.exception, Failure), words
    assert run(*asked(store, "--again")).exit_code == 2


def test_a_brief_that_was_killed_is_not_told_twice_nor_lost(store: str, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    words = [str(word) for word in asked(store, "--json", "--state", state)]
    # Nobody reads the pipe, which is full: the program hangs while it prints.
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(write, True)
    process = subprocess.Popen([sys.executable, "-m", "backstory", *words], stdout=write)
    end = time.monotonic() + 60
    while not state.exists() and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    os.close(read)
    os.close(write)
    kept = json.loads(state.read_text())
    assert kept["pending"] and kept["told"]
    after = run(*words)
    assert not set(told_in(after)) & set(kept["told"])
    assert "--again" in after.stderr


def test_again_prints_what_was_not_delivered(store: str, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"version": 1, "told": {}, "pending": "The brief of yesterday\n"}))
    assert run(*asked(store, "--state", state, "--again")).stdout == "The brief of yesterday\n"
    assert isinstance(run(*asked(store, "--state", state, "--again")).exception, Failure)


# ---------------------------------------------------------------- mail


class Inbox:
    """A mail server's handler that keeps what it is given; may refuse."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuses = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuses:
            return "451 not now"
        assert isinstance(envelope.content, bytes)
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.messages.append(parsed)
        return "250 taken"


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    handler = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("BACKSTORY_SMTP", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("BACKSTORY_MAIL_FROM", "Backstory <brief@news.example>")
    yield handler
    controller.stop()


def test_a_brief_is_mailed_once(store: str, tmp_path: Path, inbox: Inbox) -> None:
    state = tmp_path / "state.json"
    words = asked(store, "--mail", "Reader <reader@there.example>", "--state", state)
    result = run(*words, "--base-url", "https://news.example")
    assert result.exit_code == 0 and result.stdout == ""
    (message,) = inbox.messages
    assert message["Subject"].startswith("Backstory · World · ")
    assert message["From"] == "Backstory <brief@news.example>"
    assert message["Auto-Submitted"] == "auto-generated" and message["Message-ID"]
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    plain = message.get_body(("plain",))
    assert plain is not None and "https://news.example/story/" in plain.get_content()
    assert run(*words).exit_code == 0 and len(inbox.messages) == 2
    assert len(re.findall(r"https://news.example/story/", plain.get_content())) == 10
    assert len(json.loads(state.read_text())["told"]) == 20
    assert run(*words, "--at", "1990-01-01").exit_code == 0
    assert len(inbox.messages) == 2  # nothing new is no mail


def test_mail_that_was_refused_is_told_the_next_time(
    store: str, tmp_path: Path, inbox: Inbox
) -> None:
    state = tmp_path / "state.json"
    words = asked(store, "--mail", "reader@there.example", "--state", state)
    inbox.refuses = True
    result = run(*words)
    assert isinstance(result.exception, Failure) and "not now" in str(result.exception)
    assert json.loads(state.read_text()) == {"version": 1, "told": {}, "pending": None}
    inbox.refuses = False
    assert run(*words).exit_code == 0 and len(inbox.messages) == 1


def test_a_password_is_not_sent_in_the_clear(
    store: str, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = os.environ["BACKSTORY_SMTP"].replace("://", "://me:secret@")
    monkeypatch.setenv("BACKSTORY_SMTP", address)
    result = run(*asked(store, "--mail", "reader@there.example"))
    assert isinstance(result.exception, Failure) and "TLS" in str(result.exception)
    assert "secret" not in str(result.exception) and inbox.messages == []


@pytest.mark.parametrize("to", ["nobody", "a@b.example\r\nBcc: c@d.example", ""])
def test_what_is_no_mail_address_is_refused(whole: Brief, to: str) -> None:
    with pytest.raises(ValueError):
        briefs.mail(whole, "brief@news.example", to, datetime(2026, 6, 30, tzinfo=UTC))


def test_the_archive_knows_what_took_in_a_story(store: str) -> None:
    with Archive(store) as archive:
        card = archive.stories(limit=1).results[0]
        assert archive.leads_to([card.id, "none"]) == (card.id,)
        assert archive.story_summary(card.id) and archive.story_summary("none") == ""
