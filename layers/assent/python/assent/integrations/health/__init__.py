"""How integrations fare: what came, what was refused, and why no leads may arrive."""
