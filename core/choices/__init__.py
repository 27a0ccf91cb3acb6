"""The tables of everything that a person can choose."""
