"""The HTTP API over the invented archive."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from backstory.serve.app import create_app
from serve_sample import NOW, SampleArchive


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(SampleArchive(), clock=lambda: NOW))


def test_an_article_brings_its_history(client: TestClient) -> None:
    answer = client.get("/api/article/a-tidal-7b").json()
    assert answer["site"] == "Harbour Herald"
    assert answer["publish_date"] == "2026-06-29T20:16:00+00:00"
    assert answer["tags"][0] == "mara-lindqvist"
    assert answer["story"] == "s-tidal-7"
    assert [event["here"] for event in answer["history"]["events"]] == [True] + [False] * 4
    assert answer["related"][0]["guid"] == "a-tidal-7b"
    assert len(answer["related"]) == len(answer["history"]["events"])


def test_an_unknown_guid_is_not_found(client: TestClient) -> None:
    for path in ("/api/article/none", "/api/history/none"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert isinstance(answer.json()["detail"], str)
