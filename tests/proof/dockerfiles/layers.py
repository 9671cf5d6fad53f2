"""Caches, and files that layers store twice."""

from __future__ import annotations

from .sample import HELLO, INSTALL, Sample

LAYERS = (
    Sample(
        "caches only",
        f"FROM BASE\nRUN apt-get update\nRUN {INSTALL} less\nCMD echo caches\n",
        "caches",
    ),
    Sample(
        "package lists only",
        f"FROM BASE\nRUN apt-get update && {INSTALL} \\\n    less \\\n  && echo ready > /ready\nCMD cat /ready\n",
        "ready",
        base="slim",
    ),
    Sample(
        "chmod -R and chown -R after COPY",
        "FROM BASE\nCOPY app /app/\nRUN chmod -R 755 /app\nRUN chown -R 7:7 /app\nCMD stat -c %u /app/data\n",
        "7",
        {"app/data": bytes(3_000_000)},
        base="busybox",
    ),
    Sample(
        "mode and owner after COPY, with BuildKit",
        "FROM BASE\nCOPY app /app/\nRUN chmod -R 755 /app\nRUN chown -R 7:7 /app\nCMD stat -c '%u %a' /app /app/data\n",
        "7 755\n7 755",
        {"app/data": bytes(3_000_000)},
        base="busybox",
        buildkit=True,
    ),
    Sample(
        "a user's files, owned after COPY, and logs",
        "FROM BASE\n"
        "RUN useradd --uid 1234 --create-home app\n"
        "WORKDIR /home/app\n"
        "COPY data ./data/\n"
        "RUN chown -R app:app /home/app \\\n"
        "    && head -c 500000 /dev/zero > /var/log/setup.log\n"
        "USER app\n"
        "CMD stat -c '%U %s' data/numbers\n",
        "app 2000000",
        {"data/numbers": bytes(2_000_000)},
    ),
    Sample(
        "here-documents",
        "FROM BASE\n"
        "RUN <<EOF\n"
        "set -e\n"
        "apt-get update\n"
        f"{INSTALL} gcc libc6-dev\n"
        "EOF\n"
        "COPY <<'END' /src/hello.c\n"
        "#include <stdio.h>\n"
        'int main(void) { puts("here"); return 0; }\n'
        "END\n"
        "RUN gcc -o /usr/local/bin/hello /src/hello.c\n"
        'CMD ["hello"]\n',
        "here",
        base="slim",
        heredocs=True,
    ),
    Sample(
        "ARG in FROM, and build arguments",
        "ARG IMAGE=BASE\n"
        "FROM ${IMAGE}\n"
        "ARG GREETING=hello\n"
        f"RUN apt-get update && {INSTALL} gcc libc6-dev\n"
        "COPY hello.c /\n"
        'RUN gcc -o /usr/local/bin/hello /hello.c && echo "$GREETING" > /greeting\n'
        "RUN apt-get purge -y --auto-remove gcc libc6-dev\n"
        "CMD hello && cat /greeting\n",
        "hello\nhello",
        HELLO,
    ),
)
