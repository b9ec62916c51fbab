"""Commands, one module each with `install(cli)`."""
