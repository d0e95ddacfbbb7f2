"""The Data API as it arrives and leaves: routes, parameters, envelopes."""
