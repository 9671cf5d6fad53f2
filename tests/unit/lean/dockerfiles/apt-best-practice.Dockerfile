FROM debian:bookworm-slim

# tools of the build, sorted as Docker's best practices want it
RUN apt-get update && apt-get install -y --no-install-recommends \
    build-essential \
    ca-certificates \
    curl \
    git \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /src
COPY . .
RUN make && make install
CMD ["/usr/local/bin/app"]
