"""The tables of GitHub, and how a block of them is made."""
