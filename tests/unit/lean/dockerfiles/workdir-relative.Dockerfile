FROM debian:12
WORKDIR /a
WORKDIR b
RUN apt-get update && apt-get install -y make
RUN curl -fsSL -o tool.tgz https://example.org/tool.tgz
RUN rm tool.tgz
CMD ["true"]
