"""SDV's hierarchical model (HMA): the one place that imports SDV, and that pickles.

SDV learns and draws values and in-part references; rows, keys and the references between parts
come from `structure`, so counts and keys are exact whatever SDV draws.
"""
