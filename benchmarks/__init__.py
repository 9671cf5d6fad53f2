"""How fast and how small leaninspect is, beside dive and beside the physical limit; `make bench` runs it."""
