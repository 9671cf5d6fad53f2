FROM debian:12
ARG DEBUG=1
RUN if [ "$DEBUG" = 1 ]; then apt-get update && apt-get install -y gdb gcc; fi
CMD ["true"]
