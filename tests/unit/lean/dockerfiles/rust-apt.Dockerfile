FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends rustc
COPY main.rs /
RUN rustc /main.rs -o /usr/bin/main && rm /main.rs
CMD ["main"]
