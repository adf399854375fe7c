"""Some rows of a data set and what belongs to them: for extracts, and for samples of large data."""
