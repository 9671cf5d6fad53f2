ARG VERSION=12
FROM debian:${VERSION}
ARG VERSION
RUN apt-get update && apt-get install -y gcc
CMD ["true"]
