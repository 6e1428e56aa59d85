"""Answer questions about a store: what pages, the API, the command line and scripts read."""

from backstory.archive.reader import Archive

__all__ = ["Archive"]
