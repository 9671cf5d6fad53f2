FROM debian:12
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -yq gcc make
CMD ["true"]
