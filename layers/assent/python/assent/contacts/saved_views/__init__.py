"""Views of the contacts that a user saved: a filter and an order by a name."""
