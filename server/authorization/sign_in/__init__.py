"""How a person shows who they are, in a browser that is held by a cookie."""
