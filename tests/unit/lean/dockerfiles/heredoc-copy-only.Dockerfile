# syntax=docker/dockerfile:1
FROM debian:12
COPY <<EOF /etc/app.conf
[app]
# not a comment of the Dockerfile
run = apt-get install gcc
EOF
RUN apt-get update && apt-get install -y make
CMD ["cat", "/etc/app.conf"]
