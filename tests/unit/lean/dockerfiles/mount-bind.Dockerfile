# syntax=docker/dockerfile:1
FROM debian:12
RUN --mount=type=bind,source=.,target=/src apt-get update && apt-get install -y gcc && gcc /src/main.c -o /app
CMD ["/app"]
