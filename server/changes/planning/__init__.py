"""From a request to a plan: values checked, records read, likely mistakes noticed."""
