From debian:12
Run apt-get update \
 && apt-get install -y gcc make
Copy . /src
rUN make -C /src
Cmd /src/app
