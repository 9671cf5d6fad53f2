FROM debian:12
RUN apt-get update
RUN apt-get install -y --no-install-recommends gcc=4:12
RUN apt-get clean
RUN rm -rf /var/lib/apt/lists/*
CMD ["true"]
