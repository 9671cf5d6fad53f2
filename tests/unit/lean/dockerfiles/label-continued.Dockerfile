FROM debian:12
LABEL maintainer="a <a@example.org>" \
      description="two words" \
      version="1"
RUN apt-get update && apt-get install -y gcc
CMD ["true"]
