"""What all tests share: the real images, where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

IMAGES = Path(__file__).resolve().parents[2] / "shared" / "images"
"""Real images and hostile files beside the repository; they are not part of it."""


@pytest.fixture(scope="session")
def images() -> Path:
    """The folder of real images. Tests that need it skip where it is missing."""
    if not IMAGES.is_dir():
        pytest.skip(f"{IMAGES} is missing: the real images are kept beside the repository")
    return IMAGES
