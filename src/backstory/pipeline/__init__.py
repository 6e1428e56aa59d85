"""Join the stages to the store: take articles in, then enrich and group them in order."""
