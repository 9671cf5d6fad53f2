"""A Watch that remembers what it was told."""

from __future__ import annotations

from inspector.image.config import ImageConfig
from inspector.layers.scan import LayerScan
from inspector.sources.protocol import Progress, ReadEvent


class Seen:
    """All that a Watch was told, by what it is."""

    def __init__(self) -> None:
        self.progress: list[Progress] = []
        self.configs: list[ImageConfig] = []
        self.layers: list[LayerScan] = []

    def __call__(self, news: ReadEvent) -> None:
        match news:
            case Progress():
                self.progress.append(news)
            case ImageConfig():
                self.configs.append(news)
            case LayerScan():
                self.layers.append(news)

    @property
    def bytes_read(self) -> int:
        """Bytes that came over, as the last report says."""
        return self.progress[-1].bytes_read if self.progress else 0
