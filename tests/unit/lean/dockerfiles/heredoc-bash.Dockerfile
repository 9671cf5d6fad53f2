# syntax=docker/dockerfile:1
FROM debian:12
RUN bash <<'EOF'
  apt-get update && apt-get install -y gcc
  for i in 1 2 3; do echo $i; done
EOF
CMD ["true"]
