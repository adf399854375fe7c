"""The built-in recognizers: one file for each kind of evidence."""
