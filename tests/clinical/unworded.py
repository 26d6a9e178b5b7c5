"""The instruments without a word of their authors: what is left to read is ours."""

from dataclasses import replace

from service.clinical.catalogue import Catalogue, build, catalogue


def unworded() -> Catalogue:
    return build(
        replace(
            known,
            instructions=None,
            stem=None,
            items=tuple(replace(item, text=None) for item in known.items),
            answer_texts=(),
            unscored_items=(),
        )
        for known in catalogue().instruments
    )
