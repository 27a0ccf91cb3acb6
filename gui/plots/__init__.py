"""The plots, one class a file."""
