"""Other people's files: reading points from tables, whatever their form."""
