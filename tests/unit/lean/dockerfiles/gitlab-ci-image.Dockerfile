FROM ubuntu:22.04
RUN apt-get update -y \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
     # compilers
     gcc g++ \
     # builders
     make cmake \
  && apt-get clean
ENTRYPOINT ["/bin/bash", "-c"]
