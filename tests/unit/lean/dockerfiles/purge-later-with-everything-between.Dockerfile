FROM debian:12
LABEL org.opencontainers.image.source="https://example.org/app"
RUN apt-get update && apt-get install -y --no-install-recommends g++ make
ENV APP_HOME=/app \
    LANG=C.UTF-8
WORKDIR /app
COPY --chown=1000:1000 . .
USER root
RUN make
RUN rm -rf /var/lib/apt/lists/*
USER 1000
RUN echo ready
USER root
RUN apt-get purge -y --auto-remove g++ make
EXPOSE 8080/tcp
CMD ["./app"]
