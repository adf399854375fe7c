"""What visitors do on a site: sessions, page views, clicks, likes, shares, watches."""
