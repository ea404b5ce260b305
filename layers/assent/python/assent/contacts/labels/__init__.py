"""Labels: names that users give to contacts in order to find them again."""
