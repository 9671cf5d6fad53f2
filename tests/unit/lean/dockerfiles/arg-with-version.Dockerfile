FROM debian:12
ARG GCC_VERSION=12
ARG TARGETARCH
RUN apt-get update && apt-get install -y gcc=$GCC_VERSION
CMD ["true"]
