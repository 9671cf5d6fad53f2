FROM debian:12
RUN apt-get update && \
    apt-get install -y --no-install-recommends \
      cmake g++ && \
    rm -rf /var/lib/apt/lists/*
COPY . /src
RUN cmake -S /src -B /build && \
    cmake --build /build
CMD ["/build/app"]
