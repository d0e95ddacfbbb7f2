"""What a person means a field to become: literals, and values computed from what is there."""
