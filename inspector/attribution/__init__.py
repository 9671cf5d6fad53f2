"""Which instruction made which layer: config history ↔ Dockerfile instructions ↔ layers."""
