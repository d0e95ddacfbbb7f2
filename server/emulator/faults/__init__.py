"""Fault injection: delays, lost answers, refusals and changes between a client and the emulated host."""
