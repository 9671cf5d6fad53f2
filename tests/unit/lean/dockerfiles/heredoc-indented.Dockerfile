# syntax=docker/dockerfile:1
FROM debian:12
RUN <<-INSTALL
	apt-get update
	apt-get install -y gcc
	INSTALL
CMD ["true"]
