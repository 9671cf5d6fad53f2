"""The views of the main screen's right half, and what they are drawn from."""
