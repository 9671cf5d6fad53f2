"""Secrets: what kind a file holds, by its name and by what it shows; files that only look like it are left alone."""

from __future__ import annotations

import pytest

from inspector.demo.archive import Member
from inspector.layers.cache.packing import pack, unpack
from inspector.layers.secrets import MAX_SECRET, SECRET_NAMES, secret_in
from tests.builders import scan_of

# written in two parts, so that nobody's scanner takes this file for a leak
KEY = "-----BEGIN {}" + "PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"

SECRETS = [
    ("etc/ssl/private/site.key", KEY.format(""), "private key"),
    ("etc/ssl/site.pem", "-----BEGIN CERTIFICATE-----\nx\n" + KEY.format("RSA "), "RSA private key"),
    ("root/.ssh/id_ed25519", KEY.format("OPENSSH "), "OpenSSH private key"),
    ("app/whatever", KEY.format("EC "), "EC private key"),
    ("app/key.p8", KEY.format("ENCRYPTED "), "encrypted private key"),
    ("app/pgp.asc", "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----\n\nx\n", "PGP private key"),
    ("app/login.ppk", "PuTTY-User-Key-File-3: ssh-ed25519\n", "PuTTY private key"),
    ("root/.npmrc", "//registry.npmjs.org/:_authToken=npm_x\n", "npm token"),
    ("app/.yarnrc.yml", "npmAuthToken: abc\n", "yarn token"),
    ("root/.netrc", "machine x login y password z\n", "password for a host"),
    ("root/.pypirc", "[pypi]\nusername = u\npassword = p\n", "PyPI password"),
    ("root/.aws/credentials", "[default]\naws_secret_access_key = abc\n", "AWS secret key"),
    ("root/.docker/config.json", '{"auths": {"x": {"auth": "dTpw"}}}', "registry credentials"),
    ("root/.git-credentials", "https://u:p@example.com\n", "git credentials"),
    ("app/.git/config", '[remote "origin"]\n\turl = https://token@example.com/x.git\n', "git credentials"),
    ("root/.pgpass", "host:5432:db:user:secret\n", "PostgreSQL password"),
    ("root/.my.cnf", "[client]\npassword = x\n", "MySQL password"),
    ("app/service-account.json", '{"private_key": "-----BEGIN x"}', "Google Cloud credentials"),
    ("root/.kube/config", "users:\n- user:\n    token: abc\n", "Kubernetes credentials"),
    ("root/.config/gh/hosts.yml", "github.com:\n  oauth_token: gho_x\n", "GitHub token"),
    ("usr/local/cargo/.cargo/credentials.toml", '[registry]\ntoken = "x"\n', "cargo token"),
    ("root/.gem/credentials", ":rubygems_api_key: x\n", "RubyGems key"),
    ("root/.m2/settings.xml", "<server><password>x</password></server>", "Maven password"),
    ("app/NuGet.Config", '<add key="ClearTextPassword" value="x" />', "NuGet password"),
    ("root/.composer/auth.json", '{"github-oauth": {"github.com": "x"}}', "composer credentials"),
    ("app/config/master.key", "0123456789abcdef0123456789abcdef\n", "Rails master key"),
    ("root/.vault-token", "s.abc\n", "Vault token"),
    ("app/.env", "DB_HOST=db\nDB_PASSWORD=hunter2hunter2\n", "password or token for the environment"),
    ("app/.env.production", "export API_KEY='abcdefgh'\n", "password or token for the environment"),
]

NO_SECRETS = [
    ("etc/ssl/certs/ca.pem", "-----BEGIN CERTIFICATE-----\nx\n"),
    ("root/.ssh/id_ed25519.pub", "ssh-ed25519 AAAA\n"),
    ("usr/lib/python3/key.py", "# -----BEGIN " + "PRIVATE KEY-----\n"),
    ("root/.npmrc", "registry=https://registry.npmjs.org/\n//x/:_authToken=${NPM_TOKEN}\n; _auth = x\n"),
    ("root/.docker/config.json", '{"credsStore": "desktop", "auths": {"x": {}}}'),
    ("app/.git/config", '[remote "origin"]\n\turl = https://example.com/x.git\n\turl = git@example.com:x\n'),
    ("root/.aws/config", "[default]\nregion = eu-central-1\n"),
    ("root/.m2/settings.xml", "<server><password>${env.PASSWORD}</password></server>"),
    ("root/.pgpass", "# host:port:db:user:password\n"),
    ("app/.env", "DB_PASSWORD=\nAPI_KEY=$KEY\nTOKEN=<token>\nDEBUG=1\n"),
    ("app/.env.example", "DB_PASSWORD=hunter2hunter2\n"),
    ("app/tsconfig.json", "{}"),
    ("app/translations/key.json", '{"private": 1}'),
    ("app/config/master.key", "not hexadecimal\n"),
]


@pytest.mark.parametrize(("path", "text", "kind"), SECRETS)
def test_a_secret_is_known_by_what_it_shows(path: str, text: str, kind: str) -> None:
    assert secret_in(path, text.encode()) == kind


@pytest.mark.parametrize(("path", "text"), NO_SECRETS)
def test_what_only_looks_like_a_secret_is_none(path: str, text: str) -> None:
    assert secret_in(path, text.encode()) is None


@pytest.mark.parametrize(("path", "text", "kind"), SECRETS)
def test_the_scan_finds_it_and_keeps_nothing_but_its_kind(path: str, text: str, kind: str) -> None:
    scan = scan_of([Member("some/other", b"x"), Member(path, text.encode())])
    assert scan.facts.secrets == {1: kind}
    packed = pack(scan)
    assert unpack(packed).facts.secrets == {1: kind}
    assert text.encode() not in packed


def test_every_name_of_the_table_passes_the_quick_look() -> None:
    names = [path for path, _, kind in SECRETS if "key" not in kind]
    assert all(path.endswith(SECRET_NAMES) for path in names)


def test_large_files_are_not_searched() -> None:
    padding = b"\n" * MAX_SECRET
    assert scan_of([Member("root/.vault-token", b"s.abc" + padding)]).facts.secrets == {}
