"""How any model is sampled: block by block, under conditions, by several processes."""
