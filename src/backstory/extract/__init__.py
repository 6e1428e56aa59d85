"""Turn a page into an article."""
