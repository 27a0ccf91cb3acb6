"""Tables in texts: encodings, the first rows, and all of them piece by piece."""
