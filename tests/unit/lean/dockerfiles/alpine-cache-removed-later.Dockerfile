FROM alpine:3.20
RUN apk add nginx
RUN rm -rf /var/cache/apk/*
CMD ["nginx"]
