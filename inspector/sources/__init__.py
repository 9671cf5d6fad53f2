"""Where images live. Each source gives an image's config and scanned layers; only they touch the outside."""
