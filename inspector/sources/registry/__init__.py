"""Container registries without an engine: `registry:NAME` (OCI distribution-spec, Docker Registry HTTP API v2)."""

from __future__ import annotations

from inspector.sources.registry.source import RegistryImage, open_registry_image

__all__ = ["RegistryImage", "open_registry_image"]
