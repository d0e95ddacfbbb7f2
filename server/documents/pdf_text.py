"""The text of a PDF: only of the pages that are asked for, and only as far as an answer takes it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import InputError
from .bounds import MOST_PAGES
from .text_search import found_in, within

SAVE_IT = "Save it with save: true instead."


def read(content: bytes, pages: str | None, find: str | None) -> dict[str, Any]:
    """`pages`, and `text` with `cut`, or `found`. Raises InputError for a PDF that cannot be read."""
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError("The PDF is locked with a password", advice=SAVE_IT)
        count = len(reader.pages)
        chosen = chosen_pages(pages, count)
        if len(chosen) > MOST_PAGES:
            raise InputError(
                f"The PDF has {count:,} pages, and at most {MOST_PAGES:,} are read at once",
                advice="Say which with pages, as 1-50.",
            )
        texts = _texts(reader, chosen)
        if find is not None:
            return {"pages": count, "found": found_in(texts, find)}
        text, cut = within(texts)
        is_blank = not re.sub(r"\[page \d+\]", "", text).strip()
        return {"pages": count, "text": "" if is_blank else text, "cut": cut}
    except (InputError, MemoryError):
        raise
    except (NotImplementedError, ImportError) as error:
        raise InputError(
            f"The PDF uses something that is not supported here: {_reason(error)}", advice=SAVE_IT
        ) from error
    except Exception as error:
        unsupported = "NotSupported" in type(error).__name__ or type(error).__name__ == "DependencyError"
        what = "uses something that is not supported here" if unsupported else "is damaged and cannot be read"
        raise InputError(f"The PDF {what} ({type(error).__name__})", advice=SAVE_IT) from error


def _reason(error: Exception) -> str:
    return str(error)[:120].rstrip(".") or type(error).__name__


def _texts(reader: Any, numbers: Sequence[int]) -> Iterator[tuple[int | None, str]]:
    for number in numbers:
        yield number, reader.pages[number - 1].extract_text()


def chosen_pages(wanted: str | None, count: int) -> Sequence[int]:
    """`2-4,7` as page numbers; every page when nothing is wanted. Raises InputError."""
    if wanted is None:
        return range(1, min(count, MOST_PAGES) + 1)
    numbers: dict[int, None] = {}
    for part in wanted.split(",")[:100]:
        bounds = re.fullmatch(r"\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?", part, re.ASCII)
        if bounds is None:
            raise InputError(f"pages is {wanted[:80]!r}, and is written like 1-3,7")
        first, last = int(bounds[1]), int(bounds[2] or bounds[1])
        if not 1 <= first <= last <= count:
            raise InputError(f"There is no page {part.strip()}: the document has {count:,}")
        numbers |= dict.fromkeys(range(first, last + 1))
    return list(numbers)
