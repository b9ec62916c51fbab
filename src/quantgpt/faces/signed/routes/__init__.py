"""The addresses by subject; each module lists its own in ENDPOINTS."""
