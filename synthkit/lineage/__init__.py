"""Lineage: what data was made from, by what, and how; written down, read, drawn and sent."""
