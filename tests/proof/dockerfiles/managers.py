"""apk and dnf: they install, keep their caches, and remove."""

from __future__ import annotations

from .sample import Sample

SOURCE = {"app.c": b"int main(void) { return 0; }\n"}

RUNS = 'CMD ["sh", "-c", "app --version | head -c 4"]\n'
"""What the compiler of the tests gives out (tests/engine/alpine.py) is curl."""

APK = (
    Sample(
        "Alpine, build packages left",
        "FROM BASE\n"
        "RUN apk add --no-cache gcc musl-dev curl-dev\n"
        "COPY app.c /src/\n"
        f"RUN gcc -o /usr/local/bin/app /src/app.c -lcurl\n{RUNS}",
        "curl",
        SOURCE,
        base="alpine",
    ),
    Sample(
        "Alpine, apk's cache left",
        "FROM BASE\n"
        "RUN apk update && apk add \\\n"
        "      curl\n"
        "RUN apk add ca-certificates\n"
        "CMD curl --version | head -c 4\n",
        "curl",
        base="alpine",
    ),
    Sample(
        "Alpine, a virtual package and cache left",
        "FROM BASE\n"
        "COPY app.c /src/\n"
        "RUN apk add -t .build-deps gcc musl-dev curl-dev \\\n"
        f" && gcc -o /usr/local/bin/app /src/app.c -lcurl\n{RUNS}",
        "curl",
        SOURCE,
        base="alpine",
    ),
    Sample(
        "Alpine, deleted in a later RUN",
        "FROM BASE\n"
        "RUN apk add --no-cache libcurl && apk add --no-cache --virtual .build-deps gcc musl-dev curl-dev\n"
        "COPY app.c /src/\n"
        "RUN gcc -o /usr/local/bin/app /src/app.c -lcurl\n"
        f"RUN apk del .build-deps\n{RUNS}",
        "curl",
        SOURCE,
        base="alpine",
    ),
    Sample(
        "Alpine, as it should be",
        "FROM BASE\n"
        "COPY app.c /src/\n"
        "RUN apk add --no-cache libcurl \\\n"
        " && apk add --no-cache --virtual .build-deps gcc musl-dev curl-dev \\\n"
        " && gcc -o /usr/local/bin/app /src/app.c -lcurl \\\n"
        f" && apk del --no-network .build-deps\n{RUNS}",
        "curl",
        SOURCE,
        base="alpine",
        gains=False,
    ),
)

DNF = (
    Sample(
        "dnf, build packages and cache left",
        "FROM BASE\n"
        "RUN dnf install -y gcc answer-devel\n"
        "COPY app.c /src/\n"
        "RUN gcc -o /usr/local/bin/app /src/app.c -lanswer\n"
        "CMD app\n",
        "42",
        SOURCE,
        base="dnf",
        slow=True,
    ),
    Sample(
        "dnf, removed in a later RUN",
        "FROM BASE\n"
        "RUN dnf install -y answer-libs && dnf install -y gcc answer-devel \\\n"
        "    && dnf clean all\n"
        "COPY app.c /src/\n"
        "RUN gcc -o /usr/local/bin/app /src/app.c -lanswer\n"
        "RUN dnf remove -y gcc answer-devel\n"
        "CMD app\n",
        "42",
        SOURCE,
        base="dnf",
        slow=True,
    ),
)
