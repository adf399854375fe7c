"""What a company publishes: articles, whitepapers and videos, with authors, tags and comments."""
