FROM alpine:3.20
RUN apk update && apk add nginx
RUN apk add curl
CMD ["nginx"]
