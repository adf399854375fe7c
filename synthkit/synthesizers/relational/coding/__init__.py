"""From tables to codes of one byte: fields, bins, labels, and what is known of each."""
