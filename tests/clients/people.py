"""Who the clients sign in as: one known person, one with an authenticator, fifty whose names and passwords are dice."""

from __future__ import annotations

import json
import random
from pathlib import Path

ADA = {"name": "ada@example.com", "password": "Analytical Engine 1843"}
SECOND_STEP = {
    "name": "grace@example.com",
    "password": "A-0 System 1952",
    "factors": ["SOFTWARE_TOKEN_MFA"],
    "authenticator_secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
}
_NAME = "abcXYZ019._+äßéñøłαДжя日本語한글"
_PASSWORD = _NAME + " !\"#$%&'()*,-/:;<=>?@[\\]^`{|}~€\u0301🔑"


def write_people(path: Path, seed: int) -> None:
    dice = random.Random(seed)
    people: list[dict[str, object]] = [dict(ADA), dict(SECOND_STEP)]
    for number in range(50):
        name = "".join(dice.choices(_NAME, k=dice.randint(1, 12)))
        password = "".join(dice.choices(_PASSWORD, k=dice.randint(1, 40)))
        people.append({"name": f"{name}{number}@example.com", "password": password})
    path.write_text(json.dumps(people, ensure_ascii=False), encoding="utf-8")
