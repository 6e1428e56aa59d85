"""The newsstand: a small web of made-up publishers, for the demonstration and for tests."""

from newsstand.publishers import PUBLISHERS, Publisher
from newsstand.server import Newsstand

__all__ = ["PUBLISHERS", "Newsstand", "Publisher"]
