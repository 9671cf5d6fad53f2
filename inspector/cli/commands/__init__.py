"""The commands, a module each. They read their options and return the job to be done (main.py); what is heavy is
imported by the job."""
