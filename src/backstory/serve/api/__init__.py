"""The HTTP API, and the values of the archive as JSON."""
