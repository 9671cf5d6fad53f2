FROM debian:12
ADD https://example.org/a.tar.gz /tmp/a.tar.gz
RUN apt-get update && apt-get install -y make
RUN rm /tmp/a.tar.gz
CMD ["true"]
