FROM debian:12
RUN echo "a && b; c | d" > /kept && apt-get update && apt-get install -y gcc && echo 'x  y' >> /kept
CMD ["cat", "/kept"]
