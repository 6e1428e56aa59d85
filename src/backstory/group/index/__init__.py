"""The index of similar articles: postings, links, walks. Derived, comes back by itself."""
