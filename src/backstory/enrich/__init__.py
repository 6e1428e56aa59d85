"""Add what an article does not say itself: language, tags, summary, term vector."""
