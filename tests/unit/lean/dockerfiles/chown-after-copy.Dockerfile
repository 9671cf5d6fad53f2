FROM debian:12
COPY . /app
RUN chown -R 1000:1000 /app
USER 1000
CMD ["/app/run"]
