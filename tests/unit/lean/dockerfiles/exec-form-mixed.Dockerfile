FROM debian:12
RUN ["/bin/bash", "-c", "echo hello"]
RUN apt-get update && apt-get install -y make
CMD ["make", "--version"]
