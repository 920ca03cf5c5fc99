"""What both agents use."""
