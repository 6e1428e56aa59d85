"""Commands that make the data files that ship with the package."""
