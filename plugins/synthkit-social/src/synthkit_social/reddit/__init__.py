"""The tables of Reddit, and how a block of them is made."""
