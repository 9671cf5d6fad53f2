"""Textual's driver for terminals, but that a lone escape byte is the escape key at once.

Textual looks only every tenth of a second whether the byte was all of a key. Terminals that speak kitty's keyboard
protocol write the key as a sequence of its own; here it is put in the byte's place for the others.
"""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from contextlib import suppress

from textual import constants
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

ESCAPE = b"\x1b"
ESCAPE_KEY = b"\x1b[27u"
"""https://sw.kovidgoyal.net/kitty/keyboard-protocol/, “Disambiguate escape codes”."""

SOON = constants.ESCAPE_DELAY if "ESCDELAY" in os.environ else 0.005
"""Seconds that may part an escape byte from the rest of a key. Terminals write them at once and only a bad line parts
them, for which ESCDELAY (ncurses(3)), in milliseconds, can be set."""

TICK = 0.03
"""Seconds between two looks at whether the app has ended, which waits for this, or a sequence remains unfinished."""


class PromptDriver(LinuxDriver):
    """Reads keys as LinuxDriver does, but does not fall over what is no UTF-8; all else is left to that."""

    def run_input_thread(self) -> None:
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(TICK):
                    read = os.read(self.fileno, 4096)
                    if not read:
                        break
                    if read == ESCAPE and not selector.select(SOON):
                        read = ESCAPE_KEY
                    if text := decode(read):  # nothing yet of a character whose bytes come apart
                        for event in parser.feed(text):
                            self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
        with suppress(EOFError, ParseError):
            for _ in parser.feed(""):
                pass
