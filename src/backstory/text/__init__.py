"""Text itself: words, sentences, dates, codes, character sets. No state."""
