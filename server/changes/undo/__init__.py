"""The way back: plans made from before-images."""
