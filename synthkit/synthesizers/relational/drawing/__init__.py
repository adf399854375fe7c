"""From codes to rows: blocks drawn parent by parent, numbers within bounds, conditions."""
