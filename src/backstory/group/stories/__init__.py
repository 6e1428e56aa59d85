"""Stories: which event an article reports, decided as it comes and repaired later."""
