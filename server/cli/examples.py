"""One line for each command that can be typed as it stands, or nearly so; the end of its help."""

from __future__ import annotations

EXAMPLES = {
    "serve": "serve --config sales.toml",
    "demo": "demo",
    "doctor": "doctor --database sales --transcript transcript.txt",
    "login": "login --database sales",
    "logout": "logout --database sales",
    "token": "token --database sales",
    "token-service": "token-service --port 8787",
    "setup": "setup",
    "secret": "secret set password --database sales",
    "policy": "policy --check",
    "profile": 'profile Customers "Open invoices" --output notes.toml',
    "learn": "learn Sales.xml --output sales.map.json",
    "check": "check --live --all",
    "certify": "certify --layout Scratch --script Echo",
    "approve": "approve edit-12-Tasks-3pyt",
    "console": "console",
    "journal": "journal list --limit 20",
    "secrets": "secrets rotate",
    "state": "state backup filemaker-mcp.db",
    "callers": 'callers revoke ada --reason "Left the company"',
    "key": "key add nightly-report --scope fm:read --from 10.0.0.0/24",
    "halt": 'halt --writes --reason "Month end, back at noon"',
    "run": 'run "Nightly reminders" --dry-run',
    "schedule": "schedule --list",
    "docs": "docs policy",
    "completion": "completion bash",
    "emulator": "emulator --solution my-solution --https",
}


def example(command: str) -> str:
    """As a sentence: what a person types who started this program as it was started."""
    return f"Example: 'filemaker-mcp {EXAMPLES[command]}'"
