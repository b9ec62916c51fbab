"""A small chart module: inline SVG without scripts, the same bytes for the same numbers, text of constant size.

Positions along x are percentages of the plot and positions along y are pixels, so a chart fills any width while its
text, strokes and dots keep their size.
"""
