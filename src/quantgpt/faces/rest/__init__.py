"""The REST interface with its event streams, and the web page."""
