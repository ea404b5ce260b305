"""When broadcasts go off: the scheduler, the notes beside it, and what makes good for either."""
