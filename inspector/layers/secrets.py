"""Whether a small file holds a secret: what kind, never the secret itself, so that nothing of it is kept or shown.

A name alone proves nothing (an `.npmrc` without a token, a `.pem` with a certificate); the content must show it.
"""

from __future__ import annotations

import re

MAX_SECRET = 64 << 10
"""Bytes; files with credentials are small, and larger ones are not searched."""

_PRIVATE_KEY = re.compile(rb"-----BEGIN ((?:[A-Z0-9]+ ){0,2})PRIVATE KEY(?: BLOCK)?-----\s")

_BY_NAME: tuple[tuple[str, str, bytes], ...] = (
    ("private key", r"(.*/)?[^/]+\.(pem|key|p8)", rb"-----BEGIN (?:[A-Z0-9]+ ){0,2}PRIVATE KEY-----\s"),
    ("PuTTY private key", r"(.*/)?[^/]+\.ppk", rb"PuTTY-User-Key-File"),
    ("npm token", r"(.*/)?\.npmrc", rb"(?m)^[^#;\n]*(_authToken|_auth|_password)\s*=\s*[^\s$]"),
    ("yarn token", r"(.*/)?\.yarnrc\.yml", rb"npmAuthToken:\s*[^\s$]"),
    ("password for a host", r"(.*/)?[._]netrc", rb"\bpassword\s+\S"),
    ("PyPI password", r"(.*/)?\.pypirc", rb"(?m)^\s*password\s*[:=]\s*\S"),
    ("AWS secret key", r"(.*/)?\.aws/credentials", rb"aws_secret_access_key\s*=\s*\S"),
    (
        "registry credentials",
        r"(.*/)?(\.docker/config\.json|\.dockercfg|containers/auth\.json)",
        rb'"auth"\s*:\s*"[^"]',
    ),
    ("git credentials", r"(.*/)?\.git-credentials", rb"https?://[^:/\s]+:[^@\s]+@"),
    ("git credentials", r"(.*/)?\.git/config", rb"url\s*=\s*https?://[^:/\s]+:[^@\s]+@"),
    ("PostgreSQL password", r"(.*/)?\.pgpass", rb"(?m)^[^#:\n]+:[^:\n]*:[^:\n]*:[^:\n]*:\S"),
    ("MySQL password", r"(.*/)?\.my\.cnf", rb"(?m)^\s*password\s*=\s*\S"),
    (
        "Google service account key",
        r"(.*/)?[^/]*(credentials|account|key)[^/]*\.json",
        rb'"private_key"\s*:\s*"-----BEGIN',
    ),
    ("Kubernetes credentials", r"(.*/)?(\.kube/config|[^/]+\.kubeconfig)", rb"(client-key-data|token):\s*\S"),
    ("GitHub token", r"(.*/)?\.config/(gh/hosts\.yml|hub)", rb"oauth_token:\s*\S"),
    ("cargo token", r"(.*/)?\.cargo/credentials(\.toml)?", rb'token\s*=\s*"[^"]'),
    ("RubyGems key", r"(.*/)?\.gem/credentials", rb":rubygems_api_key:\s*\S"),
    ("Maven password", r"(.*/)?\.m2/settings(-security)?\.xml", rb"<(password|master)>[^<{$\s]"),
    ("NuGet password", r"(?i:(.*/)?nuget\.config)", rb'ClearTextPassword"\s+value="[^"%]'),
    ("composer credentials", r"(.*/)?auth\.json", rb'"(github-oauth|gitlab-token|http-basic|bearer)"\s*:\s*\{\s*"'),
    ("Rails master key", r"(.*/)?config/(master|credentials/[^/]+)\.key", rb"\A[0-9a-f]{32}\s*\Z"),
    ("Vault token", r"(.*/)?\.vault-token", rb"\S"),
    ("web server passwords", r"(.*/)?\.htpasswd", rb"(?m)^[^:#\s]+:\S"),
    (
        "password or token in the environment",
        r"(.*/)?\.env(\.(?!example|sample|template|dist|defaults)[^/]+)?",
        rb"(?mi)^\s*(export\s+)?[A-Z0-9_]*(SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE_KEY)[A-Z0-9_]*"
        rb"\s*=\s*['\"]?[^\s'\"$<#]{6,}",
    ),
)
"""What it is, the path it has, and what its content must show."""

_TABLE = tuple((kind, re.compile(path).fullmatch, re.compile(content).search) for kind, path, content in _BY_NAME)

_NAMES = frozenset(
    {".npmrc", ".yarnrc.yml", ".netrc", "_netrc", ".pypirc", ".dockercfg", ".git-credentials", ".pgpass", ".my.cnf"}
    | {
        ".vault-token",
        ".htpasswd",
        "config",
        "config.json",
        "auth.json",
        "credentials",
        "credentials.toml",
        "hosts.yml",
    }
    | {"hub", "settings.xml", "settings-security.xml", "nuget.config", "NuGet.Config", "NuGet.config"}
)
_ENDINGS = frozenset({"pem", "key", "p8", "ppk", "kubeconfig"})
_JSON_WORDS = ("credentials", "account", "key")
"""Names that some row of the table may fit; asked first, about every small file."""


def may_hold_secret(name: str, head: bytes | memoryview) -> bool:
    """Whether a file with this name (without its folder) and first bytes is worth a look."""
    ending = name.rpartition(".")[2]
    return (
        name in _NAMES
        or ending in _ENDINGS
        or name.startswith(".env")
        or (ending == "json" and any(word in name for word in _JSON_WORDS))
        or head[:5] == b"-----"
    )


def secret_in(path: str, data: bytes) -> str | None:
    """What kind of secret the file at this path holds, None when it shows none."""
    key = _PRIVATE_KEY.match(data)
    if key is not None:
        return (
            f"{key[1].decode('ascii').strip().lower()} private key".strip().replace("pgp", "PGP").replace("rsa", "RSA")
        )
    return next((kind for kind, fits, shows in _TABLE if fits(path) and shows(data)), None)
