"""What broadcasts are and where they stand: written by users, moved by their life cycle."""
