FROM debian:12
RUN apt-get update && apt-get install -y gcc
COPY . /src
RUN apt-get purge -y --auto-remove gcc
CMD ["/src/app"]
