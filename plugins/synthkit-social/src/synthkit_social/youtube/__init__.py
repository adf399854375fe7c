"""The tables of YouTube, and how a block of them is made."""
