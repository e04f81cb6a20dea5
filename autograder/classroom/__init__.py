"""A class: nbgrader's pipeline and gradebook, and the cells that a live notebook has run."""
