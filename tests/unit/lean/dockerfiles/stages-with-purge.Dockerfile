FROM debian:12 AS docs
RUN apt-get update && apt-get install -y make
FROM debian:12
RUN apt-get update && apt-get install -y make gcc
COPY --from=docs /bin/sh /docs
RUN apt-get remove -y make gcc && apt-get autoremove -y
CMD ["true"]
