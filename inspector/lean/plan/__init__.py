"""The techniques, each asked about one image: whether it applies, what would come out, and what to write."""
