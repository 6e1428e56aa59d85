"""Summaries by a language model, where one is set up: a few an hour, checked, never in the way.

Any address that speaks OpenAI's chat completions will do, on this machine or elsewhere. Off
unless ``BACKSTORY_MODEL_URL`` and ``BACKSTORY_MODEL`` are set. A call is made outside of every
transaction; what came of it is stored with the model's name, so that it is truth as other rows
are, and the extract stays beside it.
"""

from __future__ import annotations

import json
import os
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import certifi
import httpcore

from backstory.enrich.summary.abstractive import messages, wrong_with
from backstory.model.errors import FetchError
from backstory.model.problems import Datum, Kind, Report, problem
from backstory.store import written
from backstory.store.database import Store
from backstory.store.written import Wanted

LEAST_WORDS = 120  # of an article: shorter ones are their own summary
FRESH = timedelta(days=2)  # older articles are left as they are
MOST_BYTES = 256 * 1024  # of an answer
IN_A_ROW = 5  # calls between two looks at the rest of the work
_PAUSE = 60.0  # seconds after a call that came to nothing; doubled each time
_LONGEST_PAUSE = 3600.0


@dataclass(frozen=True, slots=True)
class Model:
    """A model behind an address, and how much may be asked of it.

    ``address``: of the API, as in ``http://127.0.0.1:11434/v1``; ``timeout``: seconds that a call
    may take in all; ``per_hour``, ``per_day``: calls.
    """

    address: str
    name: str
    key: str = ""
    per_hour: int = 60
    per_day: int = 500
    timeout: float = 30.0

    def __repr__(self) -> str:  # the key is never printed
        return f"Model({self.name!r} at {self.address!r})"


def model_of(environment: Mapping[str, str] = os.environ) -> Model | None:
    """The model that the environment names, None where it names none.

    ValueError: an address, a name or a number that cannot be.
    """
    address = environment.get("BACKSTORY_MODEL_URL", "").strip().rstrip("/")
    name = environment.get("BACKSTORY_MODEL", "").strip()
    if not address and not name:
        return None
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"BACKSTORY_MODEL_URL: not an http(s) address: {address!r}")
    if not name:
        raise ValueError("BACKSTORY_MODEL must name the model to use at BACKSTORY_MODEL_URL")
    numbers: dict[str, float] = {}
    for setting, default in (("PER_HOUR", 60.0), ("PER_DAY", 500.0), ("TIMEOUT", 30.0)):
        given = environment.get(f"BACKSTORY_MODEL_{setting}", "").strip()
        try:
            numbers[setting] = float(given) if given else default
        except ValueError:
            raise ValueError(f"BACKSTORY_MODEL_{setting}: not a number: {given!r}") from None
        if not 0 < numbers[setting] < 1e6:
            raise ValueError(f"BACKSTORY_MODEL_{setting}: must be above 0: {given!r}")
    return Model(
        address,
        name,
        environment.get("BACKSTORY_MODEL_KEY", "").strip(),
        int(numbers["PER_HOUR"]),
        int(numbers["PER_DAY"]),
        numbers["TIMEOUT"],
    )


def ask(model: Model, chat: list[dict[str, str]]) -> str:
    """What the model answers to a chat. FetchError: no answer in time, or none that can be read."""
    body = {"model": model.name, "messages": chat, "temperature": 0, "max_tokens": 400}
    headers: dict[str | bytes, str | bytes] = {
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    if model.key:
        headers["Authorization"] = f"Bearer {model.key}"
    end = time.monotonic() + model.timeout
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), model.timeout)
    context = ssl.create_default_context(cafile=certifi.where())
    data = b""
    try:
        with (
            httpcore.ConnectionPool(ssl_context=context, max_connections=1) as pool,
            pool.stream(
                "POST",
                f"{model.address}/chat/completions",
                headers=headers,
                content=json.dumps(body).encode(),
                extensions={"timeout": timeouts},
            ) as response,
        ):
            if response.status != 200:
                raise _failed(model, "status", status=response.status)
            for part in response.iter_stream():
                data += part
                if len(data) > MOST_BYTES:
                    raise _failed(model, "long", bytes=MOST_BYTES)
                if time.monotonic() > end:
                    raise _failed(model, "slow", seconds=model.timeout)
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError,
            httpcore.UnsupportedProtocol, OSError, ValueError) as error:  # fmt: skip
        raise _failed(model, f"{type(error).__name__} {error}") from None
    return _content(model, data)


def _failed(model: Model, detail: str, **data: Datum) -> FetchError:
    """A call that came to nothing; why, without the key: a code, or the words of an error."""
    failed = problem(Kind.MODEL, address=model.address, detail=detail, **data)
    return FetchError(model.address, failed)


def _content(model: Model, data: bytes) -> str:
    try:
        answer: Any = json.loads(data)
        content = answer["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        content = None
    if not isinstance(content, str):
        raise _failed(model, "other-form")
    return " ".join(content.split())


class Summarising:
    """Asks for summaries, the newest stories and articles first, within the model's bounds."""

    def __init__(
        self,
        store: Store,
        model: Model,
        tell: Callable[[Report], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._model = model
        self._tell = tell
        self._clock = clock
        self._pause = 0.0
        self._until = clock()

    def some(self, now: datetime) -> int:
        """Ask for a few summaries; how many calls were made. Never raises for the model's sake."""
        if self._clock() < self._until:
            return 0
        moment = int(now.timestamp())
        with self._store.read() as reader:
            room = min(
                IN_A_ROW,
                self._model.per_hour - written.calls_since(reader, moment - 3600),
                self._model.per_day - written.calls_since(reader, moment - 86_400),
            )
            if room <= 0:
                return 0
            since = moment - int(FRESH.total_seconds())
            wanted = written.wanting(reader, since, LEAST_WORDS, room)
        for done, one in enumerate(wanted):
            try:
                summary, lacking = self._write(one)
            except FetchError as error:
                self._pause = min(_LONGEST_PAUSE, 2 * self._pause or _PAUSE)
                self._until = self._clock() + self._pause
                told = problem(
                    Kind.NO_SUMMARY, error.problem, model=self._model.name, seconds=self._pause
                )
                self._tell(Report((), told))
                return done
            self._pause = 0.0
            with self._store.write() as writer:
                written.keep(writer, one, summary, lacking, self._model.name, moment)
        return len(wanted)

    def _write(self, one: Wanted) -> tuple[str | None, str | None]:
        answer = ask(self._model, messages(one.texts))
        lacking = wrong_with(answer, one.texts, one.language)
        return (None, lacking) if lacking else (answer, None)
