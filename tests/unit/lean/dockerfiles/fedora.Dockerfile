FROM fedora:40
RUN dnf -y install gcc && dnf clean all
RUN dnf -y update
CMD ["bash"]
