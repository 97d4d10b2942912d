"""Teacher: who is there, what trains, and what holds for all, behind a password."""
