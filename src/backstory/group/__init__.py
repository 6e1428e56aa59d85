"""Find copies, stories, topics and histories, and rank them."""
