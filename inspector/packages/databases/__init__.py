"""The package databases of distributions: dpkg, apk, rpm, pacman."""
