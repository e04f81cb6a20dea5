"""Section 10, an audit: what a real package starts, and what one's own project does."""

SECTION = "10-audit"
