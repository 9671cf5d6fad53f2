FROM debian:12
RUN TOOLS="gcc make"; apt-get update && apt-get install -y gcc make && echo ${TOOLS:-none} "${HOME}"
CMD ["true"]
