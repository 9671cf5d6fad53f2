FROM debian:12
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update && apt-get install -y gcc | tee /install.log
RUN curl -s https://example.org/x | tar xz
CMD ["true"]
