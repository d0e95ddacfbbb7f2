"""What was seen, told without contents: no name of a host, file, layout, field or account, and no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .behaviour import Observation
from .emulated_host import EmulatedHost
from .hidden_switches import HIDDEN


@dataclass(frozen=True, slots=True)
class Report:
    versions: tuple[int, ...]
    """Those that it answers like, the most likely ones."""
    told: str
    """What productInfo says of itself, empty since 20."""
    observations: tuple[Observation, ...]

    @classmethod
    def of(
        cls,
        features: Sequence[Observation],
        seen: Sequence[Observation],
        emulated: EmulatedHost,
        named: int | None,
        told: str,
    ) -> Report:
        """Held against the version that the owner names, else that productInfo tells, else the one that it is most like."""
        profiles = emulated.profiles
        major = told.partition(".")[0]
        known = named or (int(major) if major.isdecimal() and int(major) in profiles else None)
        unlike = {version: _unlike(features, profile) for version, profile in profiles.items()}
        least = min(unlike.values())
        versions = (
            (known,) if known else tuple(version for version, count in unlike.items() if count == least)
        )
        profile = profiles[versions[-1]]
        held = [
            replace(each, expected=profile.get(each.behaviour.name, each.expected))
            for each in (*features, *seen)
        ]
        observations = [
            replace(each, switch=_switch(each, emulated)) if each.differs else each for each in held
        ]
        return cls(versions, told, tuple(observations))

    @property
    def differences(self) -> list[Observation]:
        return [each for each in self.observations if each.differs]

    @property
    def unseen(self) -> list[Observation]:
        return [each for each in self.observations if each.seen is None]

    def facts(self) -> dict[str, object]:
        """As JSON."""
        return {
            "like_versions": list(self.versions),
            **({"product_version": self.told} if self.told else {}),
            "looked_at": len(self.observations) - len(self.unseen),
            "differences": [_facts(each) for each in self.differences],
            "as_expected": [
                each.behaviour.name for each in self.observations if each.seen and not each.differs
            ],
            "not_seen": {each.behaviour.name: each.why_not for each in self.unseen},
            "cannot_be_seen_from_outside": dict(HIDDEN),
        }

    def lines(self) -> list[str]:
        """As sentences, those of a group indented."""
        names = " or ".join(map(str, self.versions))
        count = len(self.observations) - len(self.unseen)
        lines = [
            f"The server answers like version {names}{f', and calls itself {self.told}' if self.told else ''}."
        ]
        lines.append(
            f"{count} behaviours were looked at, {_number(len(self.differences))} than the reference says."
        )
        lines += [_sentence(each) for each in self.differences]
        if self.unseen:
            lines.append("Not looked at here:")
            lines += [f"  {each.behaviour.words}: {each.why_not}." for each in self.unseen]
        lines.append("Nobody can look at these from outside:")
        lines += [f"  {name}: {because}." for name, because in HIDDEN.items()]
        return lines


def _sentence(each: Observation) -> str:
    told = f"  {each.behaviour.words} (section {each.behaviour.section}): {each.seen}, not {each.expected}."
    return f"{told} The emulated host does so with --switch {each.switch}." if each.switch else told


def _number(differences: int) -> str:
    return "none of them otherwise" if not differences else f"{differences} of them otherwise"


def _unlike(features: Sequence[Observation], profile: Mapping[str, str]) -> int:
    return sum(each.seen is not None and each.seen != profile[each.behaviour.name] for each in features)


def _facts(each: Observation) -> dict[str, str]:
    told = {
        "name": each.behaviour.name,
        "behaviour": each.behaviour.words,
        "section": each.behaviour.section,
        "expected": each.expected,
        "seen": each.seen or "",
    }
    return told | ({"switch": each.switch} if each.switch else {})


def _switch(each: Observation, emulated: EmulatedHost) -> str:
    assignment = f"{each.behaviour.name}={each.seen}"
    return assignment if each.behaviour.name in emulated.switches and emulated.takes(assignment) else ""
