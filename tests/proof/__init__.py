"""The proof that advice builds: every patch alone is applied to its Dockerfile, built, run and weighed."""
