"""An inspection written down: JSON by contract, text for people."""
