"""The parts of the sample's generator."""
