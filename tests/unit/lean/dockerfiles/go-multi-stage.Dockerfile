# syntax=docker/dockerfile:1
FROM golang:1.22 AS build-stage
WORKDIR /app
COPY . .
RUN CGO_ENABLED=0 go build -o /app/bin

FROM gcr.io/distroless/base-debian12 AS build-release-stage
WORKDIR /
COPY --from=build-stage /app/bin /bin/app
USER nonroot:nonroot
ENTRYPOINT ["/bin/app"]
