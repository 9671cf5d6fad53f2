FROM debian:bookworm-slim
RUN groupadd -r -g 999 app && useradd -r -g app -u 999 app
# grab gosu for easy step-down from root
ENV GOSU_VERSION 1.17
RUN set -eux; \
	apt-get update; \
	apt-get install -y --no-install-recommends ca-certificates gnupg wget; \
	wget -O /usr/local/bin/gosu "https://example.org/gosu-$GOSU_VERSION"; \
	chmod +x /usr/local/bin/gosu
VOLUME /data
WORKDIR /data
COPY docker-entrypoint.sh /usr/local/bin/
ENTRYPOINT ["docker-entrypoint.sh"]
EXPOSE 6379
CMD ["server"]
