"""The timeline of a contact: everything that happened to it, from every slice, in one feed."""
