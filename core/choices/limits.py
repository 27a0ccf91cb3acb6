"""What several tables agree on."""

LARGEST_COUNT = 10_000_000  # steps, epochs or points
