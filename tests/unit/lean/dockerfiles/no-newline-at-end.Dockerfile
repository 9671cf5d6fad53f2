FROM debian:12
COPY . /src
RUN apt-get update && apt-get install -y gcc && gcc -o /app /src/main.c