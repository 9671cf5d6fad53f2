FROM debian:12
EXPOSE 80 443/tcp 8000-8002
VOLUME ["/data", "/var/log/app"]
RUN apt-get update && apt-get install -y make
CMD ["true"]
