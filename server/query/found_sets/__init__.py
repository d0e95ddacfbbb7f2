"""Found sets: asked, paged, cached, named by handles."""
