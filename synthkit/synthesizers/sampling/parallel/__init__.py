"""Sampling by several processes: the rows, and their order, are those of one process."""
