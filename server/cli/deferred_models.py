"""Has models made ready when they are first used: a start needs a few of the six hundred that the SDK and this product declare."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


def defer_models() -> None:
    """For all models declared from here on, whoever declares them: to be called before the SDK is imported, by a program alone."""
    BaseModel.model_config = ConfigDict(defer_build=True)
