FROM debian:12
RUN curl -s -o /tmp/download.bin https://example.org/bin && echo used
CMD ["true"]
