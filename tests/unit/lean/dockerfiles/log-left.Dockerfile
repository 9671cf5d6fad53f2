FROM debian:12
RUN curl -s -o /var/log/build.log https://example.org/log
CMD ["true"]
