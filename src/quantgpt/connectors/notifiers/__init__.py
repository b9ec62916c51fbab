"""Ways to tell somebody: letters, a bot of a group."""
