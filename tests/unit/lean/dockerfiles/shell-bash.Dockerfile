FROM ubuntu:24.04
SHELL ["/bin/bash", "-euxo", "pipefail", "-c"]
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
COPY main.c .
RUN gcc main.c -o /usr/bin/main
CMD ["main"]
