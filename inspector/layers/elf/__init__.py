"""ELF files: what they need, what of them is debug information, and what they say of their making."""
