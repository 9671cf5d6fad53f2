FROM debian:12
RUN apt-get update && apt-get install -y gcc make
COPY src /src
RUN cd /src && make
RUN apt-get purge -y --auto-remove gcc make && rm -rf /var/lib/apt/lists/*
CMD ["/src/app"]
