"""What could be removed: which packages are build tooling, what needs them, what goes with them, by which command."""
