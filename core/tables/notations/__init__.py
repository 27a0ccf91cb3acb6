"""How the cells of a column write their numbers, dates and times."""
