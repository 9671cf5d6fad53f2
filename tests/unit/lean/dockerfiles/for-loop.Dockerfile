FROM debian:12
RUN for tool in gcc make; do \
      apt-get update && apt-get install -y $tool gcc; \
    done
CMD ["true"]
