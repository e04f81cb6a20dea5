"""Judging: from a source and items to verdicts, in processes with limits, on virtual time or real."""
