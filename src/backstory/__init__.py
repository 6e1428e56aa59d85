"""Backstory: a news aggregator that shows every article with the history behind it."""

__version__ = "0.1.0"
