"""The tables of LinkedIn, and how a block of them is made."""
