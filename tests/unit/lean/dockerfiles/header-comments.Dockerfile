#
# An application
#    with a header, and = signs: syntax=nothing
#

FROM debian:12

###############
# Compiler    #
###############
RUN apt-get update && apt-get install -y gcc

# end
CMD ["true"]
