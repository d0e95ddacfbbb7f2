"""Every setting is said in words."""

from __future__ import annotations

from ..settings_page import PAGE, models, page


def test_every_setting_is_described() -> None:
    short = {
        f"{model.__name__}.{name}"
        for model in models()
        for name, field in model.model_fields.items()
        if len(field.description or "") < 15
    }
    assert short == set()


def test_the_page_says_the_settings_as_they_are() -> None:
    """`make surface` writes it."""
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text
