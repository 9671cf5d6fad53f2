"""Two images aligned by meaning: what changed, which instruction on either side caused it, and what it costs."""
