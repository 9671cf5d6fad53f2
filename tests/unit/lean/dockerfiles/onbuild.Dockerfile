FROM debian:12
RUN apt-get update && apt-get install -y gcc make
ONBUILD COPY . /src
ONBUILD RUN make -C /src
CMD ["true"]
