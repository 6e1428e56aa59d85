"""The HTTP API over the made archive."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from backstory.archive import Archive
from backstory.model.errors import Misconfigured
from backstory.serve.app import create_app, run
from tests.sample import NOW, name_of

ARTICLE_KEYS = {
    "guid",
    "title",
    "url",
    "site",
    "publish_date",
    "top_image",
    "clean_summary",
    "tags",
}
EVENT_KEYS = {
    "story",
    "headline",
    "first_published",
    "last_published",
    "score",
    "here",
    "source_count",
    "sources",
    "reasons",
    "changed",
    "articles",
}


@pytest.fixture(scope="module")
def client(sample: Archive) -> TestClient:
    return TestClient(create_app(sample, clock=lambda: NOW), follow_redirects=False)


def everything(client: TestClient, address: str) -> list[dict[str, Any]]:
    """All results of a list, by its ``next`` addresses."""
    found: list[dict[str, Any]] = []
    following: str | None = address
    while following:
        answer = client.get(following).json()
        assert set(answer) == {"next", "previous", "results"}
        found.extend(answer["results"])
        following = answer["next"]
        assert following is None or following.startswith("http://testserver/api/")
    return found


def test_countries(client: TestClient) -> None:
    answer = client.get("/api/countries/").json()
    assert {"country": "IN", "flag": "🇮🇳"} in answer
    assert answer[0]["country"] == "US"


def test_articles_have_the_keys_of_the_contract(client: TestClient) -> None:
    articles = everything(client, "/api/articles/US/")
    assert len(articles) > 20
    for article in articles:
        assert set(article) == ARTICLE_KEYS
        assert isinstance(article["site"], str) and article["site"]
        assert isinstance(article["tags"], list)
        assert datetime.fromisoformat(article["publish_date"]).tzinfo is not None
        assert re.match(r"https?://|$", article["url"])
    dates = [article["publish_date"] for article in articles]
    assert dates == sorted(dates, reverse=True)
    assert len({article["guid"] for article in articles}) == len(articles)


def test_an_article_without_a_date_has_the_time_it_was_seen(client: TestClient) -> None:
    assert client.get("/api/article/a-undated").json()["publish_date"] == (
        "2026-05-30T03:04:05+00:00"
    )


def test_pages_lead_back(client: TestClient) -> None:
    first = client.get("/api/articles/us/").json()
    assert first["previous"] is None
    second = client.get(first["next"]).json()
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_search_words_dates_and_order(client: TestClient) -> None:
    found = everything(client, "/api/articles/US/?q=northern-grid&sort=publish_date")
    assert found == everything(client, "/api/articles/us/?q=northern+grid&sort=publish_date")
    assert found[0]["guid"] == "a-tidal-3b"
    narrow = everything(client, "/api/articles/us/?q=grid&date_from=2026-06-29&date_to=2026-06-29")
    assert narrow and all(a["publish_date"].startswith("2026-06-29") for a in narrow)


def test_days_may_lie_far_off(client: TestClient) -> None:
    plain = client.get("/api/articles/US/").json()["results"]
    far = client.get("/api/articles/US/?date_from=0001-01-01&date_to=9999-12-31").json()
    assert far["results"] == plain
    for day in ("0001-01-01", "9999-12-31"):
        assert client.get(f"/us/?at={day}").status_code == 200


def test_an_empty_parameter_is_an_absent_one(client: TestClient) -> None:
    plain = client.get("/api/articles/US/").json()["results"]
    empty = client.get("/api/articles/US/?q=&date_from=&date_to=&sort=").json()["results"]
    assert plain == empty


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/api/articles/US/?date_from=yesterday", "date_from must be a date"),
        ("/api/articles/US/?date_to=2026-02-30", "not a real date"),
        ("/api/articles/US/?date_from=2026-03-02&date_to=2026-03-01", "after date_to"),
        ("/api/articles/US/?sort=loudest", "sort must be"),
        ("/api/articles/US/?mark=forged", "page link"),
        ("/api/history/a-undated?limit=0", "limit"),
    ],
)
def test_what_cannot_be_understood(client: TestClient, address: str, words: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert set(answer.json()) == {"detail"}
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/articles/XX/",
        "/api/trending/nowhere/",
        "/api/stories/99/",
        "/api/article/none",
        "/api/history/none",
        "/api/story/none",
        "/api/topic/none",
        "/api/unheard-of",
    ],
)
def test_what_is_not_there(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert isinstance(answer.json()["detail"], str)


def test_a_country_without_sources_has_an_empty_list(client: TestClient) -> None:
    for name in ("articles", "trending", "stories", "topics"):
        answer = client.get(f"/api/{name}/nz/")
        assert answer.status_code == 200
        assert answer.json() == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize(
    "address",
    ["/api/countries", "/api/articles/US", "/api/article/a-undated", "/api/topic/a-tidal-3a"],
)
def test_with_or_without_the_slash(client: TestClient, address: str) -> None:
    plain, slashed = client.get(address), client.get(address + "/")
    assert plain.status_code == slashed.status_code == 200
    if "articles" not in address:  # whose next names the address that was asked
        assert plain.json() == slashed.json()


def test_tags(client: TestClient) -> None:
    both = {"tag_slugs": ["kaveri", "tidal-power"], "filter_condition": "AND"}
    assert client.post("/api/tags/US/", json=both).json()["results"] == []
    either = {**both, "filter_condition": "OR"}
    first = client.post("/api/tags/US", json=either).json()
    found = first["results"]
    assert first["next"] is None or first["next"].startswith("http://testserver/api/tags/US?")
    following = first["next"]
    while following:
        answer = client.post(following, json=either).json()
        found += answer["results"]
        following = answer["next"]
    assert {"kaveri", "tidal-power"} <= {tag for article in found for tag in article["tags"]}
    assert all({"kaveri", "tidal-power"} & set(article["tags"]) for article in found)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"tag_slugs": []}', 400),
        (b'{"tag_slugs": ["kaveri"], "filter_condition": "XOR"}', 400),
        (b'{"tag_slugs": ["unknown-tag"]}', 404),
        (b'{"tag_slugs": ["unknown-tag", "kaveri"], "filter_condition": "OR"}', 200),
    ],
)
def test_a_bad_question_about_tags(client: TestClient, body: bytes, status: int) -> None:
    answer = client.post(
        "/api/tags/US/", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == status
    if status != 200:
        assert isinstance(answer.json()["detail"], str)


def test_trending_leads_with_what_most_publishers_report(client: TestClient) -> None:
    assert client.get("/api/trending/US/").json()["results"][0]["guid"] == "a-tidal-7a"
    story = client.get("/api/stories/US/").json()["results"][0]
    assert story["id"] == "a-tidal-7a"
    assert story["source_count"] == 4
    assert story["before"][0]["story"] == "a-tidal-6b"


def test_an_article_brings_its_history(client: TestClient) -> None:
    answer = client.get("/api/article/a-tidal-7b").json()
    assert set(answer) == ARTICLE_KEYS | {"related", "story", "history", "discover"}
    assert answer["publish_date"] == "2026-06-29T20:16:00+00:00"
    assert answer["story"] == "a-tidal-7a"
    events = answer["history"]["events"]
    assert [event["here"] for event in events] == [True] + [False] * 4
    assert answer["related"][0]["guid"] == "a-tidal-7b"
    assert len(answer["related"]) == len(events)
    assert all(set(related) == ARTICLE_KEYS for related in answer["related"])
    assert set(answer["discover"]) == {"topics", "stories", "tags"}


def test_a_history_is_as_the_contract_has_it(client: TestClient, sample: Archive) -> None:
    answer = client.get("/api/history/a-tidal-5a").json()
    assert set(answer) == {"guid", "topic", "events"}
    assert answer["topic"] == {"id": "a-tidal-3a", "name": name_of(sample, "a-tidal-3a")}
    for event in answer["events"]:
        assert set(event) == EVENT_KEYS | {"milestone"}
        assert event["milestone"] is True  # seven at most are, and here are no more
        assert event["source_count"] == len(event["sources"])
        for reason in event["reasons"]:
            assert set(reason) == {"kind", "name", "slug"}
        for article in event["articles"]:
            assert set(article) == {"guid", "url", "title", "site", "published", "copy_of"}
    assert len(client.get("/api/history/a-tidal-5a?limit=2").json()["events"]) == 2


def test_a_story_and_a_topic(client: TestClient) -> None:
    story = client.get("/api/story/a-tidal-7a").json()
    assert [a["copy_of"] for a in story["articles"]][-1] == "a-tidal-7a"
    topic = client.get("/api/topic/a-tidal-3a").json()
    assert topic["events"] == len(topic["timeline"]) == 5
    assert client.get("/api/topics/gb/").json()["results"][0]["id"] == "a-tidal-3a"


def test_other_sites_may_ask(client: TestClient) -> None:
    origin = {"origin": "https://reader.example"}
    assert client.get("/api/countries/", headers=origin).headers["access-control-allow-origin"] in (
        "*",
        "https://reader.example",
    )
    preflight = client.options(
        "/api/tags/US/",
        headers={
            **origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
        },
    )
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "content-type" in preflight.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-origin" not in client.get("/us/", headers=origin).headers


def test_the_description_is_true(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/countries/",
        "/api/articles/{country}/",
        "/api/trending/{country}/",
        "/api/tags/{country}/",
        "/api/article/{guid}",
        "/api/history/{guid}",
        "/api/stories/{country}/",
        "/api/story/{id}",
        "/api/topics/{country}/",
        "/api/topic/{id}",
    }
    for methods in described["paths"].values():
        for operation in methods.values():
            # Nothing answers 422: what cannot be understood is a 400 with one sentence.
            assert "422" not in operation["responses"]
            problem = operation["responses"]["4XX"]["content"]["application/json"]["schema"]
            assert problem == {"$ref": "#/components/schemas/Problem"}
    assert set(described["components"]["schemas"]["Article"]["required"]) == ARTICLE_KEYS


def test_a_base_address_stands_before_what_is_absolute(sample: Archive) -> None:
    app = create_app(sample, base_url="https://news.example/")
    answer = TestClient(app).get("/api/articles/US/").json()
    assert answer["next"].startswith("https://news.example/api/articles/US/?mark=")


def test_a_port_in_use_is_told() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Misconfigured, match=f"port-in-use .*{port}"):
            run("sqlite:///nowhere.db", "127.0.0.1", port)
