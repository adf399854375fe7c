"""Whole runs: a pipeline as declared in synthkit.yaml, and a run made again from its lineage."""
