"""Show it: pages, API, feeds out."""
