"""What the numbers of a fit mean: curves, equations, closed forms, measures."""
