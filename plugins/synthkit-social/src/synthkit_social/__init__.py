"""Five social networks and the people who use them."""
