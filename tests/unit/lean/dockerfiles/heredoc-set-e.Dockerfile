# syntax=docker/dockerfile:1.4
FROM debian:12
RUN <<EOF
set -eux
apt-get update
apt-get install -y --no-install-recommends gcc
EOF
COPY <<-"END" /etc/motd
	welcome
	END
CMD ["cat", "/etc/motd"]
