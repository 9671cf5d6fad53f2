"""What should not be in the image: one module per family of waste, each a function from an inspection to findings."""
