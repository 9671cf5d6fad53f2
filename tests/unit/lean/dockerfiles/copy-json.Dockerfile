FROM debian:12
COPY ["a file", "/with space/"]
RUN apt-get update && apt-get install -y make
CMD ["true"]
