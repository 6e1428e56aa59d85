"""Summaries: sentences of the article itself, or a language model's, checked."""
