FROM debian:12
RUN apt-get update && \
    apt-get install -y gcc
COPY . /src
RUN gcc -o /app /src/main.c
CMD ["/app"]
