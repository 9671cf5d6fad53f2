"""Bytes from the terminal become keys, however they come apart."""

from __future__ import annotations

import os
import time
from threading import Event, Thread

import pytest
from textual.events import Key
from textual.message import Message

from inspector.tui.driver import PromptDriver

APART = 0.1
"""Seconds between two pieces: many times what may part the bytes of one key."""


class Recorder(PromptDriver):
    """The driver with a pipe in the terminal's place; it keeps the keys in place of an app."""

    def __init__(self, fileno: int) -> None:
        self.fileno = fileno
        self.exit_event = Event()
        self._debug = False
        self.keys: list[str] = []

    def process_message(self, message: Message) -> None:
        if isinstance(message, Key):
            self.keys.append(message.key)


def keys_of(*pieces: bytes) -> list[str]:
    """The keys that a terminal's bytes are, which come in these pieces."""
    terminal, keyboard = os.pipe()
    driver = Recorder(terminal)
    reading = Thread(target=driver.run_input_thread)
    reading.start()
    for piece in pieces:
        os.write(keyboard, piece)
        time.sleep(APART)
    os.close(keyboard)
    reading.join()
    os.close(terminal)
    return driver.keys


@pytest.mark.parametrize(
    ("pieces", "keys"),
    [
        ([b"\x1b"], ["escape"]),
        ([b"\x1b", b"j"], ["escape", "j"]),
        ([b"\x1b", b"\x1b"], ["escape", "escape"]),
        ([b"\x1b[27u"], ["escape"]),
        ([b"\x1b[B"], ["down"]),
        ([b"\x1b[B\x1b[A"], ["down", "up"]),
        ([b"jk"], ["j", "k"]),
        (["é".encode()], ["é"]),
        (["é".encode()[:1], "é".encode()[1:]], ["é"]),
        ([b"\xff", b"j"], ["replacement_character", "j"]),
    ],
)
def test_bytes_become_keys(pieces: list[bytes], keys: list[str]):
    assert keys_of(*pieces) == keys
