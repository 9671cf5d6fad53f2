FROM debian:12
RUN apt-get update \

    && apt-get install -y gcc \

    && echo done
COPY . /src

RUN gcc /src/main.c -o /app


CMD ["/app"]
