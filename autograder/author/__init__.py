"""For authors of the course: generated cells, new sections and tasks, and whether all that belongs together agrees."""
