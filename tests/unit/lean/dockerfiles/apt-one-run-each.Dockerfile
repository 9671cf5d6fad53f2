FROM ubuntu:20.04
MAINTAINER Someone <someone@example.org>
RUN apt-get update
RUN apt-get install -y python3
RUN apt-get install -y python3-pip
RUN pip3 install flask
ADD app.py /app.py
CMD python3 /app.py
