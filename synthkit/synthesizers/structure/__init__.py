"""The skeleton of a sampled data set: rows, blocks, keys and references, without any value.

Shared by the synthesizers: what a block's rows are, and whose children they are, is decided here
from counts seen in the data; a synthesizer only fills in the other columns.
"""
