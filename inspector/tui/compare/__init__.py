"""Two images side by side in the terminal UI."""
