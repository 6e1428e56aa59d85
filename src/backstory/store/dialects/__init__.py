"""What one database says otherwise than another."""
