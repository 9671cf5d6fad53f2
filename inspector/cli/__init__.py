"""The command line: click commands, exit codes, and the only writer of stderr."""
