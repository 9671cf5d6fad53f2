FROM debian:12
# Übersetzer
RUN apt-get update && apt-get install -y gcc && echo 'Grüße – „ok“' > /gruß
CMD ["true"]
