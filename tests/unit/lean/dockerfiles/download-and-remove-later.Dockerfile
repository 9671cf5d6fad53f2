FROM debian:12
RUN curl -fsSL https://example.org/big.tar.gz -o /tmp/big.tar.gz
RUN tar xf /tmp/big.tar.gz -C /opt
RUN rm /tmp/big.tar.gz
CMD ["/opt/app"]
