"""The daily brief: written, kept in mind, sent."""
