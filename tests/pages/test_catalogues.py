"""Every message of the pages stands in every catalogue, and no page says a word that no catalogue knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from filemaker_mcp.server.approval.plan_words import stands_in
from filemaker_mcp.server.changes.plans.codec import read_step, step_body
from filemaker_mcp.server.changes.plans.step import Step, StepKind
from filemaker_mcp.server.console.change_lines import WORDS
from filemaker_mcp.server.pages.html import Html
from filemaker_mcp.server.pages.page_language import CATALOGUES, LANGUAGES, EnglishOnly, Language, Languages
from filemaker_mcp.server.text.kept_sentences import kept, told
from filemaker_mcp.server.text.plain_parts import Day, Held, Inner, Listed, Name
from filemaker_mcp.server.text.sentence import NEUTRAL, Sentence, say, say_count

SERVER = Path(__file__).parents[2] / "server"
TEMPLATES = SERVER / "pages" / "templates"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "text": None,
    "plural": (1, 2),
    "marked": None,
    "marked_count": (1, 2),
    "say": None,
    "say_count": (1, 2),
}
SENTENCES = {"marked": None, "marked_count": (1, 2), "say": None, "say_count": (1, 2)}
OWN = "text.sentence import"
"""Where only these are messages: `text` and `_` mean something else there, and so does each of these in a module that does not import them."""
FOREIGN = LANGUAGES[1:]
NAMES = ("Claris ID", "CSV")
Message = tuple[str, ...]


def said() -> Iterator[tuple[str, Message]]:
    """Each message with the place where it is said: on a page, or in a sentence that is kept until a page shows it."""
    pages = ("approval", "pages", "auth/claris", "authorization", "console")
    for folder, pattern, kind, keywords in (
        (TEMPLATES, "**.html", "jinja2", KEYWORDS),
        *((SERVER / name, "**.py", "python", KEYWORDS) for name in pages),
        *(
            (path, "**.py", "python", {"marked": None} if path.name == "cli" else SENTENCES)
            for path in (*SERVER.iterdir(), SERVER.parent / "tools")
            if path.is_dir() and path.name not in ("emulator", *pages)
        ),
    ):
        found = extract_from_dir(folder, method_map=[(pattern, kind)], keywords=keywords)
        for file, line, message, _, _ in found:
            parts = cast("Message", message if isinstance(message, tuple) else (message,))
            other_words = keywords is not KEYWORDS and OWN not in (folder / file).read_text(encoding="utf-8")
            if parts[0] not in NEUTRAL and not other_words:
                yield f"{file}:{line}", parts


def catalogue(code: str) -> Catalog:
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        return read_po(file, code)


def holes(text: str) -> list[str]:
    """The places of a message that are filled in, and its markup."""
    return sorted(re.findall(r"%\(\w+\)s|</?\w+>", text))


@pytest.fixture(scope="module")
def messages() -> dict[Message, str]:
    """Looked for once: all modules are read for it."""
    return {message: place for place, message in said()}


@pytest.mark.parametrize("code", FOREIGN)
def test_every_message_is_translated_with_all_that_is_filled_into_it(
    code: str, messages: dict[Message, str]
) -> None:
    known = catalogue(code)
    assert len(messages) > 150
    for message, place in messages.items():
        entry = known.get(message[0])
        assert entry is not None, f"{place}: {message[0]!r} is not in {code}.po"
        forms = cast("Message", entry.string if isinstance(entry.string, tuple) else (entry.string,))
        assert len(message) == 1 or len(forms) == known.num_plurals, (place, forms)
        for form in forms:
            assert form, f"{place}: {message[0]!r} has no words in {code}.po"
            plural = form == forms[-1]
            wanted = holes(message[-1] if plural else message[0])
            assert holes(form) == wanted, (place, form)
    said_once = {message[0] for message in messages}
    for entry in known:
        first = entry.id[0] if isinstance(entry.id, list | tuple) else entry.id
        assert not first or first in said_once, f"nobody says {first!r} any more; take it out of {code}.po"


def test_a_word_in_a_template_that_is_no_message_is_noticed() -> None:
    assert list(loose('<p>Hello {{ name }}</p><img alt="Map">')) == ["Hello", "Map"]
    for path in sorted(TEMPLATES.glob("*.html")):
        words = list(loose(path.read_text(encoding="utf-8")))
        assert words == [], f"{path.name} says {words} in English to everybody"
    assert list(quoted('told("Nothing was done."); part("a b"); x === "yes"')) == ["Nothing was done."]
    for path in sorted(TEMPLATES.glob("*.js")):
        words = list(quoted(path.read_text(encoding="utf-8")))
        assert words == [], f"{path.name} says {words} in English to everybody"


def quoted(script: str) -> Iterator[str]:
    """Sentences in a script; names and words of the program have no blank and no capital."""
    bare = re.sub(r"//[^\n]*", " ", script)
    yield from (
        text for _, text in re.findall(r"""(["'`])((?:(?!\1).)*)\1""", bare) if re.match(r"[A-Z].* ", text)
    )


def test_a_message_that_a_page_is_given_in_english_is_noticed() -> None:
    """What a program hands to a page of words has to be one that the catalogues hold."""
    source = 'self._frame.message(request, 403, "Refused", marked("Go"), {"a": 1})\nmarked("x")\n'
    assert list(unmarked(source)) == ["Refused"]
    for folder in ("authorization", "console", "approval", "auth/claris", "http"):
        for path in sorted((SERVER / folder).rglob("*.py")):
            words = list(unmarked(path.read_text(encoding="utf-8")))
            assert words == [], f"{path.name} gives {words} to a page in English"


def unmarked(source: str) -> Iterator[str]:
    """Texts given to a page of words, as heading, words, problem or label, that are no message."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        is_message = call.func.attr in ("message", "_message")
        texts = [*(call.args if is_message else ())]
        texts += [
            each.value for each in call.keywords if each.arg in ("heading", "words", "problem", "label")
        ]
        for each in texts:
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value:
                yield each.value
            if isinstance(each, ast.JoinedStr):
                parts = [part.value for part in each.values if isinstance(part, ast.Constant)]
                yield from (part for part in parts if isinstance(part, str) and part.strip())


def loose(template: str) -> Iterator[str]:
    """Words for people outside of messages: text between tags that is no command, and attributes that are read out."""
    bare = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<code>.*?</code>", " ", template, flags=re.DOTALL)
    for text in (
        *re.findall(r">([^<]*)<", f">{bare}<"),
        *re.findall(r'(?:alt|title|aria-label|placeholder)="([^"]*)"', bare),
    ):
        yield from (word for word in re.findall(r"[A-Za-z]{2,}", re.sub("|".join(NAMES), "", text)))


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sentence_is_told_in_the_persons_language_with_their_names_numbers_and_dates(code: str) -> None:
    """English stays what the assistant reads; a sentence within a sentence is told too."""
    language = Language(code)
    inner = say("%(field)s is not empty", field="Name")
    made = say_count(
        "Run the script %(script)s for %(count)s record on %(layout)s",
        "Run the script %(script)s for %(count)s records on %(layout)s",
        1203,
        script=Name("Say 'hello'"),
        layout=Name("Jobs"),
    )
    heading = say(
        "%(first)s, then %(next)s", first=made, next=Inner(say("Run the script %(script)s", script=Name("B")))
    )
    assert heading == ("Run the script \"Say 'hello'\" for 1,203 records on 'Jobs', then run the script 'B'")
    text, stays_english = language.sentence(heading)
    assert not stays_english
    assert language.number(1203) in text
    assert (text == heading) == (code == "en")
    told = language.sentence(
        say("%(first)s and %(next)s", first=inner, next=say("from %(date)s", date=Day(date(2026, 3, 9))))
    )
    assert language.day("2026-03-09") in told[0]
    assert ("is not empty" in told[0]) == (code == "en")
    held = language.sentence(
        say("%(name)s is %(what)s now", name=Name("Hours"), what=Held(Decimal("12345.50")))
    )[0]
    assert ("12345.50" if code in ("en", "ja") else "12345,50") in held


def test_a_sentence_is_kept_with_all_that_is_filled_in() -> None:
    parts = Listed.of(
        [Name("A"), 3, Decimal("0.10"), Day(date(2026, 3, 9)), Held("x"), Held(Decimal("1.50"))], 5
    )
    made = say(
        "%(first)s and %(next)s", first=parts, next=Inner(say_count("%(count)s row", "%(count)s rows", 2))
    )
    again = told(kept(made))
    assert isinstance(again, Sentence)
    assert again == made
    assert all(Language(code).sentence(again) == Language(code).sentence(made) for code in LANGUAGES)
    step = Step(StepKind.EDIT, "Jobs", (), how=made, warnings=(made,), notes=("as it was kept before",))
    back = read_step(step_body(step), ())
    assert (back.how, back.warnings, back.notes) == (made, (made,), ("as it was kept before",))
    assert isinstance(back.how, Sentence)
    deep = f'{{"$say":"%(a)s","with":{{"a":{"[" * 5000}{"]" * 5000}}}}}'
    no_number = '{"$say":"%(a)s","with":{"a":{"$count":"many"}}}'
    for text in (
        '{"$say":',
        '{"$say":"%(a)s","with":{}}',
        '{"$say":1,"with":{"a":1}}',
        "a text",
        deep,
        no_number,
    ):
        assert told(text) == text, "what only looks like one stays a text"


def test_a_text_past_the_catalogues_is_noticed_where_a_page_shows_it() -> None:
    """People read it in English, marked as such; every test that shows a page fails by it."""
    with pytest.warns(EnglishOnly, match="past the catalogues"):
        assert Language("de").sentence("A text past the catalogues.") == ("A text past the catalogues.", True)
    with pytest.raises(EnglishOnly):
        Language("en").sentence("A text past the catalogues.")


@pytest.mark.parametrize("code", FOREIGN)
def test_where_a_change_stands_is_told_in_every_language(code: str) -> None:
    language = Language(code)
    assert stands_in(language, "being carried out: 1,203 done, 2 not sent").endswith(
        language.text("not sent")
    )
    for word in WORDS.values():
        assert language.text(word) != word, word


def test_a_browser_is_answered_in_the_first_of_its_languages_that_there_is() -> None:
    by_browser, fixed = Languages(), Languages("ja")
    for accepted, code in (
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("pt-BR,pt;q=0.9,fr;q=0.3,en;q=0.2", "fr"),
        ("en-GB,de;q=0.9", "en"),
        ("fr;q=0,it;q=0.1", "it"),
        ("pt, sv", "en"),
        ("nl;q=viel,es", "es"),
        ("", "en"),
        ("de" * 10_000, "en"),
        ("../../etc;q=1,ja", "ja"),
    ):
        assert by_browser.wanted(accepted).code == code, accepted
        assert fixed.wanted(accepted).code == "ja"


@pytest.mark.parametrize("code", LANGUAGES)
def test_figures_keep_every_digit_in_the_persons_form(code: str) -> None:
    language = Language(code)
    large, sum_of_tenths = 10**30 + 1, Decimal("0.1") + Decimal("0.2")
    decimal = "." if code in ("en", "ja") else ","
    assert language.number(sum_of_tenths) == f"0{decimal}3"
    assert language.value(sum_of_tenths) == f"0{decimal}3"
    assert re.sub(r"\D", "", language.number(large)) == str(large)
    assert language.value(large) == str(large)
    assert language.number(Decimal("-1234567.890")).endswith(f"567{decimal}890")
    assert language.number(1234567) == {
        "en": "1,234,567", "ja": "1,234,567", "fr": "1\u202f234\u202f567",
    }.get(code, "1.234.567")  # fmt: skip
    assert language.value("1,5") == "1,5"
    assert language.value("text. More") == "text. More"
    assert re.search(r"2026", language.moment(1_790_000_000))


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_sign_in_is_in_the_persons_language_and_what_is_filled_in_stays_text(code: str) -> None:
    language = Language(code)
    page = Html("/style.css").page(
        "sign_in.html",
        language,
        user="<i>ada</i>",
        step=1,
        problem="It says <why>.",
        needs_password=True,
        choices=[],
        wanted="",
    )
    assert f'<html lang="{code}">' in page
    assert f"<h1>{language.text('Sign in to Claris ID')}</h1>" in page
    assert ("Sign in to Claris ID" in page) == (code == "en")
    assert ('role="alert" lang="en"' in page) == (code != "en"), "what stays English is marked so"
    assert "&lt;i&gt;ada&lt;/i&gt;" in page
    assert "<i>" not in page
    assert "<why>" not in page
