"""Claris ID: Amazon Cognito, its tokens, and token services that give them."""
