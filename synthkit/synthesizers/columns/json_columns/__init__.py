"""Columns of JSON documents that are made anew: their structure is learned, values are made.

Kept are object keys, nesting, list lengths and labels that several rows share. Every path is made
on its own: a city and a postcode of one document need not agree, nor agree with other columns.
"""
