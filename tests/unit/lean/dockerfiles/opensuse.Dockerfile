FROM opensuse/leap:15
RUN zypper --non-interactive install gcc
CMD ["gcc", "--version"]
