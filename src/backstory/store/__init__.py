"""Keep what the stages produce. Knows no similarity."""
