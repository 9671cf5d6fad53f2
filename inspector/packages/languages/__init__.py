"""Packages of languages: Python, Node, Ruby, PHP, conda, and what programs were built from."""
