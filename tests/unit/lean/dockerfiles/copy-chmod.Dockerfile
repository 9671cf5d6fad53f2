# syntax=docker/dockerfile:1
FROM debian:12
COPY --chmod=755 --chown=1:1 run /run.sh
RUN apt-get update && apt-get install -y make
CMD ["/run.sh"]
