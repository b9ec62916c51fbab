"""Evaluate, judge and validate one factor."""
