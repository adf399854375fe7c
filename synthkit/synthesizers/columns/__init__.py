"""Single columns: learned and drawn by themselves, or made anew."""
