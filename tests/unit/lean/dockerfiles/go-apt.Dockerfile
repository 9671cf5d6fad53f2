FROM debian:12
RUN apt-get update && apt-get install -y golang-go
COPY main.go .
RUN go build -o /app main.go
ENTRYPOINT ["/app"]
