"""What packages of baseline data are made of: draws, times, texts and people, by whole columns.

For authors of generator plugins; synthkit itself never imports it.
"""
