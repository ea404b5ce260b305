"""The profile of a contact: made by hand, edited by several users, moved to another number."""
