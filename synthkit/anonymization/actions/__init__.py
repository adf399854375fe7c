"""The built-in actions: one file for each kind of thing that is replaced."""
