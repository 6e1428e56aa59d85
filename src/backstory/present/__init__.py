"""What readers are shown of groups: headlines, names, changes, ranks. Pure: no state."""
