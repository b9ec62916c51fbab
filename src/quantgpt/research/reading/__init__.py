"""Reading what people type: one spelling, spans of time, words, the side that is wanted, and which ideas are named."""
