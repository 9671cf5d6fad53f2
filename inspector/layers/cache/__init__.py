"""What is remembered of layers read before: scans by diff_id, in checked files of a capped folder."""
