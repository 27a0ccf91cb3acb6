"""How fast steps are made: the ways to make them beside each other, timed on this machine, and in words."""
