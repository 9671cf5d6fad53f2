FROM debian:12
ENV DEBIAN_FRONTEND noninteractive
ENV PATH /opt/bin:$PATH
RUN apt-get update && apt-get install -y gcc
CMD ["true"]
