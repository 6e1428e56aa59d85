"""Bring bytes: feeds, pages, sitemaps, WARC, JSONL."""
