FROM debian:12
RUN apt-get update && apt-get install -y curl gcc
HEALTHCHECK --interval=5m --timeout=3s \
  CMD curl -f http://localhost/ || exit 1
STOPSIGNAL SIGQUIT
CMD ["true"]
