# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM debian:12 AS build
RUN apt-get update && apt-get install -y gcc
FROM debian:12
COPY --from=build /bin/sh /copied
RUN apt-get update && apt-get install -y make
CMD ["true"]
