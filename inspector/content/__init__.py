"""Files of an inspected image: read again from where it came from, written to disk, and where each is from."""
