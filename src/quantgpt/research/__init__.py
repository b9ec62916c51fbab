"""The loop that proposes, mutates, crosses and judges expressions; pure: it opens no store and no connection."""
