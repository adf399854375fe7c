"""Conditional trees: embedded targets, grown on histograms, one forest for each field."""
