FROM debian:12
ENV A=1 B="two words" \
    C=three
RUN apt-get update && apt-get install -y gcc && echo "$A $B" > /env
CMD ["true"]
