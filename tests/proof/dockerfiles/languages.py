"""Toolchains and package managers of languages."""

from __future__ import annotations

from .sample import INSTALL, Sample

GO = b'package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("gone\\n") }\n'

LANGUAGES = (
    Sample(
        "Go",
        "FROM BASE\n"
        f"RUN apt-get update && {INSTALL} golang-go\n"
        "WORKDIR /src\n"
        "COPY main.go .\n"
        "RUN HOME=/tmp go build -o /usr/local/bin/app main.go && rm -r /tmp/.cache\n"
        'CMD ["app"]\n',
        "gone",
        {"main.go": GO},
    ),
    Sample(
        "static Go, its build cache left",
        "FROM BASE\n"
        # the same as above, so that an engine builds it once
        f"RUN apt-get update && {INSTALL} golang-go\n"
        "WORKDIR /src\n"
        "COPY go.mod main.go ./\n"
        "ENV CGO_ENABLED=0\n"
        "RUN go build -o /app .\n"
        'ENTRYPOINT ["/app"]\n',
        "gone",
        {"go.mod": b"module example.org/app\n\ngo 1.19\n", "main.go": GO},
        slow=True,
    ),
    Sample(
        "Python extension from PyPI, pip's cache left",
        "FROM BASE\n"
        "ENV PYTHONUNBUFFERED=1\n"
        f"RUN apt-get update \\\n && {INSTALL} \\\n      gcc libc6-dev python3-dev python3-pip python3-venv\n"
        "RUN python3 -m venv /venv\n"
        "ENV PATH=/venv/bin:$PATH\n"
        "RUN pip install --no-binary :all: wrapt==1.16.0\n"
        "COPY app.py /\n"
        'CMD ["python", "/app.py"]\n',
        "ObjectProxy",
        {"app.py": b"import wrapt._wrappers\nprint(wrapt._wrappers.ObjectProxy.__name__)\n"},
        base="slim",
        slow=True,
    ),
    Sample(
        "Node with development packages and a native addon",
        "FROM BASE\n"
        f"RUN apt-get update && {INSTALL} nodejs npm g++ make libnode-dev && rm -rf /var/lib/apt/lists/*\n"
        "WORKDIR /app\n"
        "COPY package.json binding.gyp addon.c ./\n"
        "RUN npm install --nodedir=/usr\n"
        "COPY main.js .\n"
        'CMD ["node", "main.js"]\n',
        "true 42",
        {
            "package.json": b'{"name": "app", "version": "1.0.0", "gypfile": true,\n'
            b' "dependencies": {"is-number": "7.0.0"}, "devDependencies": {"lodash": "4.17.21"}}\n',
            "binding.gyp": b'{"targets": [{"target_name": "addon", "sources": ["addon.c"]}]}\n',
            "addon.c": b"#include <node_api.h>\n"
            b"static napi_value get(napi_env env, napi_callback_info info) {\n"
            b"  napi_value value; napi_create_int32(env, 42, &value); return value; }\n"
            b"NAPI_MODULE_INIT() { napi_value function;\n"
            b'  napi_create_function(env, "get", NAPI_AUTO_LENGTH, get, 0, &function); return function; }\n',
            "main.js": b'const get = require("./build/Release/addon.node")\n'
            b'console.log(require("is-number")(7), get())\n',
        },
        base="slim",
        slow=True,
    ),
    Sample(
        "a JDK where a JRE does",
        "FROM BASE\n"
        # its post-installation script links a manual page, whose folder the slim image excludes
        f"RUN mkdir -p /usr/share/man/man1 && apt-get update && {INSTALL} default-jdk-headless\n"
        "COPY Main.java /src/\n"
        "RUN javac -d /app /src/Main.java\n"
        'CMD ["java", "-cp", "/app", "Main"]\n',
        "brewed",
        {"Main.java": b'class Main { public static void main(String[] a) { System.out.println("brewed"); } }\n'},
        base="slim",
        slow=True,
    ),
    Sample(
        "Rust",
        "FROM BASE\n"
        f"RUN apt-get update && {INSTALL} rustc && rm -rf /var/lib/apt/lists/*\n"
        "COPY main.rs /src/\n"
        "RUN rustc -O -o /usr/local/bin/app /src/main.rs\n"
        'ENTRYPOINT ["app"]\n',
        "rusty",
        {"main.rs": b'fn main() { println!("rusty"); }\n'},
        slow=True,
    ),
)
