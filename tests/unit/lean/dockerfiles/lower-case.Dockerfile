from debian:12
maintainer nobody
run apt-get update && apt-get install -y gcc
copy . /src
run gcc -o /app /src/main.c
cmd ["/app"]
