FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends gcc g++ make cmake libxml2-dev python3-dev && echo 1 && echo 2 && echo 3 && echo 4 && echo 5 && echo 6 && echo 7 && echo 8 && echo 9
CMD ["true"]
