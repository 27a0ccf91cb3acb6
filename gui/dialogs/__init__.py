"""The dialogs, one class a file."""
