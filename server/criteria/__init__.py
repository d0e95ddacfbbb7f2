"""What a person means, turned into find requests with every value escaped, and into tests made here where a find cannot say it."""
