# syntax=docker/dockerfile:1
FROM python:3.12
RUN --mount=type=secret,id=token pip install private
CMD ["python3"]
