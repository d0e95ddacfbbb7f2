"""Database: the only holder of the Data API client. Typed values in; policy, scope and metering applied; then sent."""
