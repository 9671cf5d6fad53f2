FROM debian:bookworm-slim
RUN set -eux; \
	apt-get update; \
	apt-get install -y --no-install-recommends \
		gcc \
		libc6-dev \
		make \
	; \
	make -C /usr/src install
ENTRYPOINT ["/entry"]
