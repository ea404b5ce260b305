"""Pure rules of text messages and phone numbers: keywords, segments, numbers, templates, linter."""
