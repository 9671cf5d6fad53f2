FROM python:3.12
RUN pip install flask
RUN rm -rf /root/.cache
CMD ["flask", "run"]
