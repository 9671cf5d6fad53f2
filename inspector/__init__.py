"""leaninspect: where a container image's bytes went, which are waste, and how lean it could be."""

__version__ = "0.1.0"
