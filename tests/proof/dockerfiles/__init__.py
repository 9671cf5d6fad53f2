"""Dockerfiles with typical mistakes, and some without, and what a container of each image prints."""

from __future__ import annotations

from .compilers import COMPILERS
from .languages import LANGUAGES
from .layers import LAYERS
from .managers import APK, DNF
from .stages import STAGES

SAMPLES = (*COMPILERS, *LANGUAGES, *LAYERS, *STAGES, *APK, *DNF)
