"""What other sites and programs get of a page: cards, embedded timelines, metadata."""
