"""Orders, as a package below `src`."""
