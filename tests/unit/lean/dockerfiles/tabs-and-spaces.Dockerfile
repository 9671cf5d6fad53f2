FROM	debian:12
RUN 	apt-get update && \
	  apt-get install -y \
	 	gcc   \
		  make   
COPY   .    /src
  RUN	 make   -C /src  
CMD	["/src/app"]
