"""The one door to the Data API: policy, scope and metering are applied here."""
