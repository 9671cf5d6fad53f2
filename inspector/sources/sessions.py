"""Sessions of requests, closed with their connections."""

from __future__ import annotations

from requests import Session
from requests.adapters import HTTPAdapter


def close_session(session: Session) -> None:
    """Close a session's connections too, which urllib3 leaves to the garbage collector."""
    for adapter in session.adapters.values():
        pools = adapter.poolmanager.pools if isinstance(adapter, HTTPAdapter) else {}
        for pool in [pools[key] for key in pools.keys()]:  # noqa: SIM118 (urllib3's container cannot be iterated)
            pool.close()
    session.close()
