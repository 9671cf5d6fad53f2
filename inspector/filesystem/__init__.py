"""Layers applied: the final tree, and for every byte of every layer its fate."""
