FROM debian:12
RUN apt-get update && apt-get install -y gcc && sleep 1 &
CMD ["true"]
