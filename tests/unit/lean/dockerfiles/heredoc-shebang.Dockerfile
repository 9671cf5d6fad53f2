# syntax=docker/dockerfile:1
FROM python:3.12-slim
RUN <<EOF
#!/usr/bin/env python3
print("hello")
EOF
RUN pip install flask
CMD ["python3"]
