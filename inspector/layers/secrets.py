"""Whether a small file holds a secret: what kind, never the secret itself, so that nothing of it is kept or shown.

A name alone proves nothing (an `.npmrc` without a token, a `.pem` with a certificate): the content must show it.
"""

from __future__ import annotations

import re

from inspector.image.masking import SECRET_WORDS

MAX_SECRET = 64 << 10
"""Bytes; files with credentials are small, and larger ones are not searched."""

PEM = b"-----BEGIN "

_KEY = rb"-----BEGIN ((?:[A-Z0-9]+ ){0,2})PRIVATE KEY(?: BLOCK)?-----\s"
_KEYS = {"OPENSSH": "OpenSSH private key", "ENCRYPTED": "encrypted private key", "": "private key"}

_TABLE: tuple[tuple[str, tuple[str, ...], bytes], ...] = (
    ("private key", (".pem", ".key"), _KEY),
    ("PuTTY private key", (".ppk",), rb"PuTTY-User-Key-File"),
    ("npm token", ("/.npmrc",), rb"(?m)^[^#;\n]*(_authToken|_auth|_password)[ \t]*=[ \t]*[^\s$]"),
    ("yarn token", ("/.yarnrc.yml",), rb"npmAuthToken:[ \t]*[^\s$]"),
    ("password for a host", ("/.netrc", "/_netrc"), rb"\bpassword\s+\S"),
    ("PyPI password", ("/.pypirc",), rb"(?m)^[ \t]*password[ \t]*[:=][ \t]*\S"),
    ("AWS secret key", ("/.aws/credentials", "/.aws/config"), rb"aws_secret_access_key[ \t]*=[ \t]*\S"),
    (
        "registry credentials",
        ("/.docker/config.json", "/.dockercfg", "/containers/auth.json"),
        rb'"(auth|identitytoken)"\s*:\s*"[^"]',
    ),
    ("git credentials", ("/.git-credentials",), rb"https?://[^:/\s]+:[^@\s]+@"),
    ("git credentials", ("/.git/config", "/.gitconfig"), rb"https?://([^:/\s]+:)?[^@:/\s]+@"),
    ("PostgreSQL password", ("/.pgpass",), rb"(?m)^[^#:\n]+:[^:\n]*:[^:\n]*:[^:\n]*:\S"),
    ("MySQL password", ("/.my.cnf",), rb"(?m)^[ \t]*password[ \t]*=[ \t]*\S"),
    (
        "Google Cloud credentials",
        ("credentials.json", "account.json", "key.json", "keyfile.json"),
        rb'"private_key"\s*:\s*"-----BEGIN|"refresh_token"\s*:\s*"[^"]',
    ),
    ("Kubernetes credentials", ("/.kube/config", ".kubeconfig"), rb"(client-key-data|token):[ \t]*\S"),
    ("GitHub token", ("/gh/hosts.yml", "/.config/hub"), rb"oauth_token:[ \t]*\S"),
    ("cargo token", ("/.cargo/credentials", "/.cargo/credentials.toml"), rb'token\s*=\s*"[^"]'),
    ("RubyGems key", ("/.gem/credentials",), rb":rubygems_api_key:[ \t]*\S"),
    ("Maven password", ("/.m2/settings.xml", "/.m2/settings-security.xml"), rb"<(password|master)>[^<{$\s]"),
    ("NuGet password", ("nuget.config", "NuGet.Config", "NuGet.config"), rb'ClearTextPassword"\s+value="[^"%]'),
    (
        "composer credentials",
        ("/auth.json",),
        rb'"(github-oauth|gitlab-token|http-basic|bearer)"\s*:\s*\{\s*"',
    ),
    ("Rails master key", ("/config/master.key",), rb"\A[0-9a-f]{32}\s*\Z"),
    ("Vault token", ("/.vault-token",), rb"\S"),
    (
        "password or token for the environment",
        (".env", "/.env.local", "/.env.production", "/.env.prod", "/.env.staging", "/.env.development", "/.env.dev"),
        rb"(?mi)^[ \t]*(export[ \t]+)?[A-Z0-9_]*(" + SECRET_WORDS.encode() + rb")[A-Z0-9_]*"
        rb"[ \t]*=[ \t]*['\"]?[^\s'\"$<#]{6,}",
    ),
)
"""What it is, how its path ends, and what its content must show."""

_RULES = tuple((kind, endings, re.compile(content).search) for kind, endings, content in _TABLE)
_key = re.compile(_KEY).search

SECRET_NAMES = tuple(sorted({ending.removeprefix("/") for _, endings, _ in _TABLE for ending in endings}))
"""Every path that some row of the table fits ends with one of these."""

SECRET_ENDS = frozenset(name[-4:] for name in SECRET_NAMES)
"""The last four characters of those: asked first about every small file, at a quarter of the cost."""


def secret_in(path: str, data: bytes) -> str | None:
    """What kind of secret the file at this path holds, None when it shows none."""
    rooted = f"/{path}"
    kind = next((kind for kind, endings, shows in _RULES if rooted.endswith(endings) and shows(data)), None)
    if kind == "private key" or (kind is None and data.startswith(PEM)):
        key = _key(data)
        return _key_name(key[1].decode("ascii").strip()) if key else None
    return kind


def _key_name(algorithm: str) -> str:
    return _KEYS.get(algorithm, f"{algorithm} private key")
