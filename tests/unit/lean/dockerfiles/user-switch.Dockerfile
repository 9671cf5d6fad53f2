FROM debian:12
RUN useradd -m app
USER app
WORKDIR /home/app
COPY . .
USER root
RUN apt-get update && apt-get install -y gcc
USER app
CMD ["./run"]
