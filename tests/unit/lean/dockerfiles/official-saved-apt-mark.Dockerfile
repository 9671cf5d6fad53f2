FROM debian:bookworm-slim
ENV TOOL_VERSION 1.2.3
RUN set -eux; \
	savedAptMark="$(apt-mark showmanual)"; \
	apt-get update; \
	apt-get install -y --no-install-recommends gcc libc6-dev make wget; \
	wget -O tool.tar.gz "https://example.org/tool-$TOOL_VERSION.tar.gz"; \
	mkdir -p /usr/src/tool; \
	rm tool.tar.gz; \
	make -C /usr/src/tool install; \
	rm -r /usr/src/tool; \
	apt-mark auto '.*' > /dev/null; \
	apt-get purge -y --auto-remove gcc libc6-dev make wget; \
	rm -rf /var/lib/apt/lists/*
CMD ["tool"]
