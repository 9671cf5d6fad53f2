FROM debian:12
RUN apt-get update && apt-get install -y gcc && echo "built $(date +%Y) by `id -u`" > /built
CMD ["true"]
