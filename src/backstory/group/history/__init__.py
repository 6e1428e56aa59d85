"""Histories: what belongs to the topic of an article, and the timeline made of it."""
