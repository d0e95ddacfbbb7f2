"""The way of requests to a host: httpx, with as little between it and the network as a session needs."""
