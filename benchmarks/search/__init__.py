"""How fast the search answers, and how often it is right."""
