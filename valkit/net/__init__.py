"""What meets the world: sockets, TLS and time on Twisted. The protocols themselves are in the pure packages beside."""
