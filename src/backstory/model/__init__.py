"""The values that the parts hand to one another, by owner. Nothing here does input or output."""
