"""Lists as feeds, and where they are."""
