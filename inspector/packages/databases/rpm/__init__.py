"""rpm's database in its three forms, its headers, and what dnf and zypper say about why a package is there."""
