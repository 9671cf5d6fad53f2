FROM debian:12 AS base
RUN apt-get update && apt-get install -y gcc

FROM base AS test
RUN gcc --version

FROM base
COPY . /src
RUN curl -s -o /tmp/big https://example.org/big
RUN rm /tmp/big
CMD ["/src/app"]
