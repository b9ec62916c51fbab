"""Calendar, bars, universes, point-in-time facts and the demo market."""
