"""The job runner: a worker that claims jobs, one killable child per job, a process that forks the children."""
