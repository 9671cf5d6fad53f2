FROM debian:12
WORKDIR /opt
RUN wget -q -O app.zip https://example.org/app.zip \
 && unzip app.zip
RUN rm -f app.zip
CMD ["/opt/app"]
