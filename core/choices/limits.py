"""What several tables agree on."""

LARGEST_COUNT = 10_000_000  # steps or epochs
MOST_POINTS = 2_000_000
MOST_START_VALUES = 10_000  # the largest network has 8,513 parameters
# Small enough for any data; the quotient of two rates, and the share of one that a schedule takes, are still
# numbers that float64 keeps with all their digits.
SMALLEST_RATE = 1e-300
USUAL_LOWEST_RATE = 1e-6  # where sliders and searches of learning rates begin, unless the data need less
MOST_THREADS = 1024  # a file may come from a larger computer
