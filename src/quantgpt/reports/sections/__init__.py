"""The parts of the factor report, one module each: from stored results to cards; nothing here computes a metric."""
