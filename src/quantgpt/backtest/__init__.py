"""Simulations of groups of names over days, and the test of one factor."""
