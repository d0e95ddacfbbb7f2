"""The page on which a person agrees or does not: the difference, two buttons, nothing from elsewhere, no script."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape

from ..changes.plans.plan import Plan
from ..changes.plans.plan_display import Group, groups_of
from ..dataapi.models import Value
from ..text.one_line import one_line

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --good: #1a7f37; --bad: #b3261e; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto 7rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: .3rem; }
.why { margin-top: 0; }
section { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0; padding: .6rem 1rem; }
h2 { font-size: 1rem; margin: .2rem 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-top: 1px solid var(--soft); }
th { font-weight: 600; width: 24%; overflow-wrap: break-word; }
td { overflow-wrap: anywhere; white-space: pre-wrap; }
del { color: var(--bad); text-decoration-thickness: 1px; }
ins { color: var(--good); text-decoration: none; }
.which { color: GrayText; font-size: .9rem; margin: .3rem 0; }
.note { border-left: 4px solid #d29922; padding-left: .8rem; }
form { position: fixed; inset: auto 0 0 0; background: Canvas; border-top: 1px solid var(--line); padding: 1rem; }
form div { max-width: 62rem; margin: 0 auto; display: flex; gap: 1rem; flex-wrap: wrap; }
button { font: inherit; padding: .6rem 1.4rem; border-radius: 8px; border: 1px solid var(--line); cursor: pointer; }
button:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
button[value=yes] { background: #1a7f37; color: #fff; }
@media (prefers-color-scheme: dark) { :root { --good: #56d364; --bad: #ff8f86; } }
@media (max-width: 34rem) { th, td { display: block; width: auto; } td { border: 0; padding-top: 0; } }
@media (max-height: 26rem) { form { position: static; } body { margin-bottom: 1rem; } }
"""

POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Nothing is loaded from anywhere and nothing runs: record contents are text and stay text."""


def question(plan: Plan, because: str) -> str:
    """The page that asks."""
    body = [
        f"<h1>{_text(plan.heading)}?</h1>",
        f"<p class=why>In <b>{_text(plan.database)}</b>, asked for by {_text(plan.who.client or 'an assistant')}. "
        f"You are asked because {_text(because)}.</p>",
    ]
    body += [_group(group) for group in groups_of(plan)]
    body += [f"<p class=note>{_text(warning)}</p>" for step in plan.steps for warning in step.warnings]
    body += [f"<p class=which>{_text(note)}</p>" for step in plan.steps for note in step.notes[:10]]
    body.append(
        "<form method=post><div>"
        "<button name=answer value=no autofocus>Do not change anything</button>"
        "<button name=answer value=yes>Agree to this change</button>"
        "</div></form>"
    )
    return _document(plan.id, "".join(body))


def reply(heading: str, words: str) -> str:
    """The page after the answer."""
    return _document(heading, f"<h1>{_text(heading)}</h1><p>{_text(words)}</p>")


def _group(group: Group) -> str:
    heading = f"{group.do.capitalize()}{'' if group.records == 1 else f' {group.records}'}"
    parts = [f"<section><h2>{_text(heading)} on {_text(group.layout)}</h2>"]
    if group.which:
        parts.append(f"<p class=which>{_text(group.names)}</p>")
    if group.lines:
        parts.append(f"<table>{''.join(_line(*line, gone=group.is_delete) for line in group.lines)}</table>")
    return "".join([*parts, "</section>"])


def _line(name: str, before: Value, after: Value, *, gone: bool = False) -> str:
    old = f"<del>{_text(before)}</del> " if before != "" else ""
    new = "" if gone else f"<ins>{_text('(empty)' if after == '' else after)}</ins>"
    return f"<tr><th scope=row>{_text(name)}</th><td>{old}{new}</td></tr>"


def _text(value: object) -> str:
    """Text as text; its own direction, so that it cannot turn the words around it, and nothing in it turned or hidden."""
    lines = (one_line(line) for line in str(value).splitlines())
    return f"<bdi>{escape(chr(10).join(lines))}</bdi>"


def _document(title: str, body: str) -> str:
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)}</title><style>{STYLE}</style><body><main>{body}</main></body></html>"
    )
