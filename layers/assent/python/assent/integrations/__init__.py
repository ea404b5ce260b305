"""Where leads come in: web forms and the opt-in API, and what is made of each lead."""
