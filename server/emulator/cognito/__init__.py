"""An Amazon Cognito user pool in memory, as Claris ID uses one. Facts in the project's Claris ID reference."""
