# syntax=docker/dockerfile:1
FROM debian:12
RUN <<EOF
apt-get update
apt-get install -y gcc make
make -C /src
EOF
CMD ["/src/app"]
