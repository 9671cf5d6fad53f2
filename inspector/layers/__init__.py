"""One pass over a layer's blob: decompress, verify, read the tar, identify contents, keep small files that matter."""
