"""The tables of Twitter, and how a block of them is made."""
