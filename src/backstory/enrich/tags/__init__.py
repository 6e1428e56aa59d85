"""Tags: the people, places, organisations and themes of an article."""
