"""What the owner configured for one database: where it is, who we are there, what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from .access_settings import Access, Approval, MasksByLayout, NamesByLayout, ScopeSettings
from .change_settings import ChangeSettings
from .script_settings import LimitSettings, ScriptSettings, ScriptTable
from .strict_settings import Name, Place


class DatabaseSettings(ChangeSettings):
    """One database: where it is, who we are there, what is allowed."""

    stage: Name | Literal[""] = Field(
        default="",
        description="What it is for, such as production or test: told on every plan, which no other stage carries out",
    )
    access: Access = Field(
        default="read",
        description="What the assistant may do: read, edit (create and edit), or delete (that, and delete)",
    )
    access_by_layout: Mapping[Name, Literal["none", "read", "edit", "delete"]] = Field(
        default_factory=dict[str, Any], description="Access to single layouts, where it differs"
    )
    layouts: tuple[Name, ...] | None = Field(
        default=None,
        description="The layouts that the assistant sees; all that the account may see unless set",
    )
    fields: NamesByLayout = Field(
        default_factory=dict[str, Any], description="By layout or *: the only fields that are shown"
    )
    hidden_fields: NamesByLayout = Field(
        default_factory=dict[str, Any], description="By layout or *: fields that the assistant never sees"
    )
    count_hidden_fields: bool = Field(
        default=False,
        description="Whether hidden fields may be grouped and counted, with pseudonyms in place of their values",
    )
    mask: MasksByLayout = Field(
        default_factory=dict[str, Any],
        description='Fields of which a part is shown: { IBAN = "last4" }, or by layout { Staff = { IBAN = "last4" } }; they are neither found by, sorted by nor written',
    )
    read_only_fields: NamesByLayout = Field(
        default_factory=dict[str, Any], description="By layout or *: fields that are never written"
    )
    untrusted_fields: NamesByLayout = Field(
        default_factory=dict[str, Any],
        description="By layout or *: fields that people outside fill in, such as the text of an e-mail",
    )
    tables: Mapping[Name, Name] = Field(
        default_factory=dict[str, str],
        description="Table occurrence and the table it stands for; an occurrence without an entry counts as a table of its own",
    )
    keys: Mapping[Name, Name] = Field(
        default_factory=dict[str, str],
        description="By layout: the text field that names a record, to find one that was lost on its way",
    )
    scope: Mapping[Name, ScopeSettings] | None = Field(
        default=None,
        description="By layout: the only records that the assistant sees; layouts without an entry are closed",
    )
    skip_validation: tuple[Name, ...] = Field(
        default=(), description="Layouts on which validation may be set aside"
    )
    confirm: Literal["always", "bulk", "never"] = Field(
        default="always", description="When a change is planned first and carried out by a second call"
    )
    approval: Approval = Field(
        default="by_risk", description="Who agrees to a change before it is carried out"
    )
    approval_by_layout: Mapping[str, Approval] = Field(
        default_factory=dict[str, Any], description="The same for changes on single layouts"
    )
    approval_by_field: Mapping[str, Mapping[str, Literal["person"]]] = Field(
        default_factory=dict[str, Any],
        description="By layout or *: fields that are written only after a person agreed",
    )
    show_all: Literal["deletes", "always", "never"] = Field(
        default="deletes", description="When every page of a plan is opened before a person can agree"
    )
    four_eyes: bool = Field(
        default=False,
        description="Whether, where a person has to agree, it is another one than who asked",
    )
    bulk_limit: int = Field(default=20, ge=0, description="Changes of more records need a person")
    max_records_per_change: int = Field(
        default=5_000,
        ge=1,
        le=200_000,
        description="Records that one change may touch, related rows included",
    )
    max_records_per_day: int | None = Field(
        default=None, ge=1, description="Records that all changes of a day may touch; no limit unless set"
    )
    scripts: ScriptTable = Field(
        default_factory=dict[str, ScriptSettings], description="The scripts that may run, and how"
    )
    notes: Place | None = Field(
        default=None, description="File of what the assistant has to know about this solution (TOML)"
    )
    map: Place | None = Field(
        default=None, description="File of what FileMaker itself says of this solution, made by learn (JSON)"
    )
    map_shows: Literal["facts", "formulas"] = Field(
        default="facts",
        description="Whether the map's formulas are told too, as far as all their fields are open",
    )
    privilege_set: Name = Field(
        default="",
        description="Privilege set of the account, as the map names it; needed where several may use the Data API",
    )
    limits: LimitSettings = Field(
        default=LimitSettings(), description="How much may be asked of FileMaker, by minute and by day"
    )
    ca_file: Place | None = Field(default=None, description="Certificates of a private authority (PEM)")
    sessions: int = Field(default=4, ge=1, le=20, description="FileMaker sessions that may be open at once")
    timeout: float = Field(default=60, gt=0, le=3600, description="Seconds until FileMaker begins to answer")
    answer_timeout: float = Field(
        default=600,
        gt=0,
        le=86_400,
        description="Seconds until an answer that has begun is complete; a file has as many for each 32 MB",
    )
    least_rate: float = Field(
        default=1000,
        ge=0,
        le=1_000_000,
        description="Bytes a second, over a minute, below which an answer is given up",
    )
    api: Literal["v1", "v2", "vLatest"] = Field(
        default="vLatest", description="Version of the Data API that stands in the address"
    )

    @property
    def identity(self) -> str:
        """What the state calls it, wherever it is configured."""
        return f"{self.base_url}/{self.file}"

    @property
    def accounts(self) -> tuple[str, ...]:
        """The FileMaker accounts that act in it, those of its other files included."""
        return tuple(filter(None, (self.account, *(source.account for source in self.data_sources))))

    @field_validator("ca_file")
    @classmethod
    def _certificates(cls, file: Path | None) -> Path | None:
        if file is not None and not file.is_file():
            raise ValueError(f"there is no file {file}; it names one of PEM certificates")
        if file is not None:
            import ssl

            try:
                ssl.create_default_context(cafile=str(file))
            except (ssl.SSLError, OSError):
                raise ValueError(f"{file} holds no certificates in PEM form") from None
        return file
