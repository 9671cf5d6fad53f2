ARG REGISTRY=docker.io
ARG TAG=bookworm-slim
FROM $REGISTRY/debian:$TAG AS runtime
ARG PACKAGES="gcc make"
RUN apt-get update && apt-get install -y $PACKAGES
CMD ["true"]
