"""Commands for the owner of a configuration: policy, notes, approval."""
