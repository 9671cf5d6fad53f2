FROM debian:12
RUN apt-get update && \
    # the compiler
    apt-get install -y \
        gcc \
# and make, at the margin
        make && \
    # the program
    make -C /src
COPY . /src
CMD ["/src/app"]
