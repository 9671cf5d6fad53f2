FROM debian:12 AS base
RUN apt-get update && apt-get install -y gcc

FROM base AS final
COPY . /src
RUN gcc -o /app /src/main.c
CMD ["/app"]
