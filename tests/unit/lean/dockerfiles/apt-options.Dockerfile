FROM debian:12
RUN apt-get -qq update && apt-get -qq -y -o Dpkg::Use-Pty=0 install gcc=1 make=1
CMD ["true"]
