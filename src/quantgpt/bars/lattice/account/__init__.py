"""The account of a grid."""
