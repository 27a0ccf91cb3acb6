"""The panels beside the plots, one class a file."""
