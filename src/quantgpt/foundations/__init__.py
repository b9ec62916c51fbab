"""What every other package may use and what uses nothing of ours."""
