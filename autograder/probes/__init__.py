"""What checks observe with: the vocabulary of every check, one idea a module."""
