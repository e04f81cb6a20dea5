"""The checks: a package a section, a module a task, a function an item."""
