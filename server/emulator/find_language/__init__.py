"""The language of Find mode: a criterion's text, understood and matched."""
