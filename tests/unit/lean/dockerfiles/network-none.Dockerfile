# syntax=docker/dockerfile:1
FROM debian:12
RUN apt-get update && apt-get install -y gcc
RUN --network=none gcc --version
CMD ["true"]
