"""What several tables agree on."""

LARGEST_COUNT = 10_000_000  # steps, epochs or points
MOST_THREADS = 1024  # a file may come from a larger computer
