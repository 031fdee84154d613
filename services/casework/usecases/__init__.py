"""What casework does, one verb per file."""
